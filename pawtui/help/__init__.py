"""The reference: one Markdown page for each topic. `pawtui help TOPIC` prints a page in the terminal."""
