namespace DToC.Twin.Models.Calibration;

/// <summary>A point of an <see cref="IsotonicMap"/>: a block of scores whose outcomes were pooled.</summary>
/// <param name="Score">Mean score of the block, finite.</param>
/// <param name="Probability">Share of the block's outcomes that came true, in (0, 1).</param>
/// <param name="Weight">Rows in the block; 0 when that is not known.</param>
public readonly record struct IsotonicKnot(double Score, double Probability, double Weight);
