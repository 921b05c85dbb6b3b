"""UN/EDIFACT: messages of directories D.93A to D.21B, syntax versions 1 to 4, EANCOM."""
