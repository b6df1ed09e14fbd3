"""The door of live events: sites and apps send what happens, in Segment's shape."""
