"""The reference: one Markdown page for each topic, which `pawtui help TOPIC` prints in the terminal."""
