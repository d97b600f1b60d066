"""The registries that a healthy host reaches, in the trip that goes beyond it."""

NOW = 1767323100
DATE = "Fri, 02 Jan 2026 03:05:00 GMT"
HUB = f"answer https://registry-1.docker.io/v2/ 0.01/0.03/0.10/0.21 {NOW} {DATE}\n"
NVCR = f"answer https://nvcr.io/v2/ 0.01/0.03/0.10/0.30 {NOW} {DATE}\n"
PAGES = f"answer https://nvidia.github.io/libnvidia-container/gpgkey 0.01/0.02/0.05/0.08 {NOW} {DATE}\n"

READY: dict[str, str] = {}
DEEP = {"registries": f"tool curl\n{HUB}{NVCR}{PAGES}left 98\n"}
