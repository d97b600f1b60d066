"""Docker Toolbox, acted out: what `provisioning.toolbox` decides is asked and done here."""
