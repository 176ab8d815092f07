namespace DToC.Grains;

/// <summary>A message with the grain it is for.</summary>
/// <param name="To">The grain.</param>
/// <param name="Message">What it is told.</param>
public readonly record struct Letter(GrainKey To, GrainMessage Message);
