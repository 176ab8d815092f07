namespace DToC.Twin.Rules;

/// <summary>
/// The static type of a value in a rule; checked when the rule is compiled, never at run time.
/// </summary>
public enum ValueType
{
    /// <summary>A finite double; NaN stands for a missing value.</summary>
    Number,

    /// <summary>1 is true, 0 is false, NaN is missing.</summary>
    Boolean,

    /// <summary>A 64-bit <see cref="StableHash"/> of the text; 0 stands for a missing value.</summary>
    Text,
}
