namespace DToC.Twin.Models.Trees;

/// <summary>What a split takes for missing, and what becomes of it.</summary>
public enum MissingRule
{
    /// <summary>A missing input goes the split's default way. XGBoost, LightGBM with <c>missing_type=NaN</c>.</summary>
    Absent,

    /// <summary>A missing input is read as 0. LightGBM with <c>missing_type=None</c>.</summary>
    ReadAsZero,

    /// <summary>
    /// A missing input and one of at most 1e-35 either way go the split's default way. LightGBM with
    /// <c>missing_type=Zero</c>.
    /// </summary>
    AbsentOrZero,
}
