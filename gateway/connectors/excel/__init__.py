"""Excel and OpenDocument tables by mapping profile: the same profiles and outcomes as for CSV."""
