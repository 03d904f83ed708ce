"""What runs in the sandbox itself, apart from the package: its process 1 and the kernel that it forks."""
