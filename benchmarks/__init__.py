"""What is measured, always as ratios within one run: `./run bench NAME`."""
