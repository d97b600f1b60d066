"""One file per concern; each declares a Step."""
