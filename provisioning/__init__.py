"""Turn a bare Ubuntu or Debian host into a GPU-Docker host: facts, plan, script, proof."""
