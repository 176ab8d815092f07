namespace DToC.Twin.Definitions;

/// <summary>
/// A relation between customers, for example <c>memberOf</c> from person to household. It merges nobody.
/// </summary>
public sealed record RelationDefinition(string Name, Named From, Named To, Position At)
{
    /// <summary>Between two targets in the value of the attribute that keeps them.</summary>
    public const char Separator = '\n';

    /// <summary>Longest id of a target, in UTF-8 bytes.</summary>
    public const int MaxTargetBytes = 128;

    /// <summary>Data category of what is said of it; null where nothing can be said of it.</summary>
    public Named? Category { get; init; }

    /// <summary>Most customers one may have it to. 1 to <see cref="DefinitionLimits.RelationTargets"/>.</summary>
    public int MaxTargets { get; init; } = DefinitionLimits.RelationTargets;

    /// <summary>
    /// What is said of a relation is kept as an attribute of its name, so all that holds for attributes holds for it:
    /// consent, origin and precedence, journal, history, forgetting.
    /// </summary>
    /// <param name="category">Its category.</param>
    /// <param name="precedence">Origins, the strongest first.</param>
    internal AttributeDefinition AsAttribute(Named category, IReadOnlyList<AttributeOrigin> precedence) =>
        new(Name, AttributeType.Text, category, MaxTargets * (MaxTargetBytes + 1), precedence, null, null, At)
        {
            MaxTargets = MaxTargets,
        };
}
