"""The lab's container registry, which its hosts use as a mirror, and the images in it."""
