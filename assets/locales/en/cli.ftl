### The command line: progress, tables, confirmations.
