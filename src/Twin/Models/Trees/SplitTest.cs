namespace DToC.Twin.Models.Trees;

/// <summary>What a split asks of its input; a row for which it holds goes left.</summary>
public enum SplitTest
{
    /// <summary>input &lt;= threshold; LightGBM's.</summary>
    AtMost,

    /// <summary>input &lt; threshold; XGBoost's.</summary>
    Below,

    /// <summary>input &gt;= threshold.</summary>
    AtLeast,

    /// <summary>input &gt; threshold.</summary>
    Above,

    /// <summary>input == threshold.</summary>
    Equal,

    /// <summary>input != threshold.</summary>
    NotEqual,

    /// <summary>
    /// The input, cut to a whole number, is one of a set of categories; a negative one never is.
    /// </summary>
    In,
}
