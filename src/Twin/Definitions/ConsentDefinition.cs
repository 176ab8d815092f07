namespace DToC.Twin.Definitions;

/// <summary>A data category.</summary>
/// <param name="RetentionDays">Days a journal row of this category is kept; at least 1.</param>
/// <param name="Bases">Legal basis of each purpose; a purpose not named has none.</param>
public sealed record CategoryDefinition(
    string Name, int RetentionDays, IReadOnlyList<PurposeBasis> Bases, Position At)
{
    /// <summary>
    /// Whether it is a special category (GDPR Art. 9): each of its purposes needs a condition beside its basis.
    /// </summary>
    public bool IsSpecial { get; init; }

    /// <summary>For a special category: the condition of each purpose that has a basis.</summary>
    public IReadOnlyList<PurposeCondition> Conditions { get; init; } = [];
}

/// <summary>The legal basis on which a category may serve a purpose.</summary>
public sealed record PurposeBasis(Named Purpose, LegalBasis Basis);

/// <summary>The condition on which a special category may serve a purpose.</summary>
public sealed record PurposeCondition(Named Purpose, SpecialCondition Condition);

/// <summary>Legal bases of GDPR Art. 6(1), in the words used there.</summary>
public enum LegalBasis
{
    /// <summary>No basis: never lawful.</summary>
    None,

    /// <summary>Consent, Art. 6(1)(a): lawful while granted.</summary>
    Consent,

    /// <summary>Contract, Art. 6(1)(b).</summary>
    Contract,

    /// <summary>Legal obligation, Art. 6(1)(c).</summary>
    LegalObligation,

    /// <summary>Vital interests, Art. 6(1)(d).</summary>
    VitalInterest,

    /// <summary>Public task, Art. 6(1)(e): lawful until objected to.</summary>
    PublicTask,

    /// <summary>Legitimate interest, Art. 6(1)(f): lawful until objected to.</summary>
    LegitimateInterest,
}

/// <summary>Conditions of GDPR Art. 9(2) for special categories of data, in the words used there.</summary>
public enum SpecialCondition
{
    /// <summary>Explicit consent, Art. 9(2)(a): lawful while granted, and granted explicitly.</summary>
    ExplicitConsent,

    /// <summary>Employment and social protection law, Art. 9(2)(b).</summary>
    SocialProtection,

    /// <summary>Vital interests, Art. 9(2)(c).</summary>
    VitalInterest,

    /// <summary>Members of a body without profit, Art. 9(2)(d).</summary>
    NonProfitBody,

    /// <summary>Made public by the customer, Art. 9(2)(e).</summary>
    MadePublic,

    /// <summary>Legal claims, Art. 9(2)(f).</summary>
    LegalClaims,

    /// <summary>Substantial public interest, Art. 9(2)(g).</summary>
    SubstantialPublicInterest,

    /// <summary>Health or social care, Art. 9(2)(h).</summary>
    HealthCare,

    /// <summary>Public health, Art. 9(2)(i).</summary>
    PublicHealth,

    /// <summary>Archiving, research and statistics, Art. 9(2)(j).</summary>
    Research,
}
