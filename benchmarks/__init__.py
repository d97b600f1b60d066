"""gpudock beside Ansible, pyinfra and testinfra: the same job on the same hosts in the same run, in one table."""
