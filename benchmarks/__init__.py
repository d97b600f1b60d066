"""gpudock beside Ansible and pyinfra: the same job on the same hosts in the same run, in one table."""
