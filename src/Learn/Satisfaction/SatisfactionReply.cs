using DToC.Twin.Models.Satisfaction;

namespace DToC.Learn.Satisfaction;

/// <summary>An answer a customer gave.</summary>
/// <param name="AtMs">When, in milliseconds since 1970.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Value">The answer, in the kind's range.</param>
public readonly record struct SatisfactionReply(long AtMs, SatisfactionKind Kind, double Value);
