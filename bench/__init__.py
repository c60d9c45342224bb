"""What the project promises of its speed, measured: ratios of medians, ours and theirs in turn, in one run."""
