"""The VM from inside: its table of mounts, its boot script, and the scripts that it is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.toolbox import bootsync, guest, mounts
from provisioning.toolbox.mounts import Mount
from provisioning.toolbox.shares import Wish, from_text, to_text

TABLE = "rootfs / rootfs rw 0 0\nd/My\\040Works /d/My\\040Works vboxsf rw,uid=1000,gid=50,dmode=0755 0 0\nx\n"
WORKS = Wish("works", r"D:\Works", "/works")
BLOCK = (
    "# >>> gpudock works\n"
    "mkdir -p /works && mount -t vboxsf -o uid=1000,gid=50,iocharset=utf8 works /works || rmdir /works\n"
    "# <<< gpudock works\n"
)


def test_mounts_are_read_with_their_blanks() -> None:
    found = mounts.read_mounts(TABLE)
    assert found[1] == Mount("d/My Works", "/d/My Works", "vboxsf", "rw,uid=1000,gid=50,dmode=0755")
    assert len(found) == 2


@pytest.mark.parametrize(
    ("options", "has"),
    [
        ("uid=1000,gid=50", True),
        ("uid=1000,gid=50,dmode=755", True),
        ("uid=0,gid=50", False),
        ("dmode=0700", False),
        ("fmode=0600", True),
    ],
)
def test_what_the_table_does_not_tell_counts_as_had(options: str, has: bool) -> None:
    assert mounts.read_mounts(TABLE)[1].has(options) is has


def test_the_last_mount_hides_the_others() -> None:
    inside = guest.Guest((Mount("works", "/works", "vboxsf"), Mount("tmpfs", "/works", "tmpfs", "ro,size=1")))
    assert inside.mount_at("/works") == Mount("tmpfs", "/works", "tmpfs", "ro,size=1")
    assert inside.points_of("works") == ["/works"]
    assert inside.mounts[1].writable is False


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("mount.vboxsf: mounting failed with the error: Protocol error", "does not see a share"),
        ("/sbin/mount.vboxsf: shared folder 'x' was not found (check VM settings / spelling)", "does not see a share"),
        ("mounting failed with the error: No such device", "no Guest Additions"),
        ("mount: unknown filesystem type 'vboxsf'", "no Guest Additions"),
        ("tee: write error: No space left on device", "disk of the VM is full"),
        ("umount: can't unmount /x: Device or resource busy", "uses the folder"),
        ("something else", ""),
    ],
)
def test_meanings(said: str, cause: str) -> None:
    assert cause in mounts.meaning(said)[0]


def test_the_answer_of_the_vm() -> None:
    told = (
        "Boot2Docker\n@@77 mounts\nrootfs / rootfs rw 0 0\n@@77 kernel\nnodev\tvboxsf\n@@77 boot2docker\n"
        "@@77 bootsync\n#!/bin/sh\necho no end\n@@77 end\n"
    )
    seen = guest.answer(told, "77")
    assert seen == guest.Guest((Mount("rootfs", "/", "rootfs", "rw"),), "#!/bin/sh\necho no end", True, True)


def test_an_answer_that_was_cut_is_none() -> None:
    assert guest.answer("@@77 mounts\nrootfs / rootfs rw 0 0\n", "77") is None
    assert guest.answer("@@77 end\n", "78") is None


def test_another_system_without_guest_additions() -> None:
    assert guest.answer("@@77 mounts\n@@77 kernel\nnodev\tproc\n@@77 end\n", "77") == guest.Guest(
        (), None, False, False
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "#!/bin/sh\n" + BLOCK),
        ("", "#!/bin/sh\n" + BLOCK),
        ("#!/bin/sh\nexit 0\n", "#!/bin/sh\n" + BLOCK + "exit 0\n"),
        ("#!/bin/sh", "#!/bin/sh\n" + BLOCK),
        ("echo mine\n", BLOCK + "echo mine\n"),
        (
            "#!/bin/sh\necho mine\n# >>> gpudock works\nold\n# <<< gpudock works\n",
            "#!/bin/sh\necho mine\n" + BLOCK,
        ),
    ],
)
def test_a_new_block_stands_before_what_the_person_wrote_and_an_old_one_where_it_is(
    before: str | None, after: str
) -> None:
    assert bootsync.with_block(before, WORKS) == after
    assert bootsync.with_block(after, WORKS) == after


def test_only_the_named_block_goes() -> None:
    two = bootsync.with_block(bootsync.with_block("#!/bin/sh\n", WORKS), Wish("other", "", "/other"))
    assert bootsync.names(two) == ["other", "works"]
    assert bootsync.without_blocks(two, ["other"]) == "#!/bin/sh\n" + BLOCK


@given(st.text(max_size=80))
def test_what_the_person_wrote_stays(text: str) -> None:
    script = "#!/bin/sh\n" + text
    assert bootsync.without_blocks(bootsync.with_block(script, WORKS), ["works"]) == script


def test_words_of_strangers_stay_one_word_in_the_vm() -> None:
    assert "'/d/a b'" in guest.mount("d/a$(id)", "/d/a b", "uid=0")
    assert "'d/a$(id)'" in guest.mount("d/a$(id)", "/d/a b", "uid=0")
    assert "'it'\"'\"'s'" in guest.write_bootsync("it's", None)
    assert "'it'\"'\"'s'" in guest.write_bootsync("", "it's\r\n")


@pytest.mark.parametrize("text", ["", "1", "{}", '{"name": "x", "surplus": 1}', "[", '"x"'])
def test_extra_data_of_others_is_no_wish(text: str) -> None:
    assert from_text(text) is None


def test_a_wish_is_remembered_whole() -> None:
    wish = Wish("x", 'D:\\a"b', "/x", writable=False, uid=0, dmode="0755", due=True)
    assert from_text(to_text(wish)) == wish
