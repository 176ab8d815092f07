namespace DToC.Twin.Models;

/// <summary>The one wording for a model parameter that cannot be used.</summary>
internal static class ModelParameter
{
    /// <summary>
    /// Null when the value is above 0 and at most <paramref name="limit"/>; else what is wrong.
    /// </summary>
    public static string? Check(string name, double value, double limit)
    {
        if (value > 0 && value <= limit) return null;
        var range = limit == double.MaxValue ? "a finite number above 0" : $"above 0 and at most {limit}";
        return $"parameter '{name}' is {value}; it must be {range}";
    }
}
