### The frame of the window: navigation, status bar, palette, settings, first run.
