namespace DToC.Twin.Models.CustomerBase;

/// <summary>How customers leave in a model of a base.</summary>
public enum Leaving
{
    /// <summary>Nobody does.</summary>
    Never,

    /// <summary>With a probability right after each purchase.</summary>
    AfterPurchase,

    /// <summary>At a rate per unit of time.</summary>
    AtAnyTime,

    /// <summary>With a probability at the start of each period, before its opportunity to buy.</summary>
    AtPeriodStart,
}
