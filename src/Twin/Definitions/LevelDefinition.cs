using DToC.Twin.Models.Satisfaction;

namespace DToC.Twin.Definitions;

/// <summary>How a satisfaction that nobody sees moves and shows; see <see cref="SatisfactionFilter"/>.</summary>
/// <param name="Mean">Of the population; about -1 for dissatisfied, 1 for satisfied.</param>
/// <param name="Variance">Over customers, above 0.</param>
/// <param name="DriftPerDay">Variance that a day adds, 0 or more.</param>
/// <param name="ReversionPerDay">Share of the distance to the mean that a day takes, 0 to 1.</param>
/// <param name="Answers">Which signals tell of it; each kind of answer once.</param>
public sealed record LevelDefinition(
    double Mean, double Variance, double DriftPerDay, double ReversionPerDay, IReadOnlyList<LevelAnswer> Answers);

/// <summary>Signals whose values are answers of a kind.</summary>
/// <param name="Of">Numeric signals, for example <c>Survey Answered.nps</c>.</param>
/// <param name="Scale">What was asked; it says which answers there are.</param>
/// <param name="Answer">How answers follow from satisfaction.</param>
/// <param name="At">Where it was written.</param>
public sealed record LevelAnswer(
    IReadOnlyList<Named> Of, SatisfactionKind Scale, SatisfactionAnswer Answer, Position At);
