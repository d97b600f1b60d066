"""Texts that programs print when a GPU does not work in Docker: old and new wordings, by subject.

Sources stand beside the texts: issues, and files of moby, libnvidia-container and the NVIDIA Container Toolkit.
"""
