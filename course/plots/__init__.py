"""Every figure of the course, one module a topic, one function a figure. Each returns the Matplotlib figure."""
