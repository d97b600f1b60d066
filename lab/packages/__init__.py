"""The lab's package sources, laid out as Docker's and NVIDIA's are."""
