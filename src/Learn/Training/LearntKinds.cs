using System.Diagnostics.CodeAnalysis;
using DToC.Twin.Models;

namespace DToC.Learn.Training;

/// <summary>The words people choose a <see cref="LearntKind"/> by.</summary>
public static class LearntKinds
{
    private static readonly LearntCalibration[] Calibrations = Enum.GetValues<LearntCalibration>();
    private static readonly LearntKind[] All = Enum.GetValues<LearntKind>();

    /// <summary>All words, with commas between.</summary>
    public static string Words { get; } = string.Join(", ", All.Select(ModelFields.Written));

    /// <summary>All ways to calibrate, with commas between.</summary>
    public static string CalibrationWords { get; } = string.Join(", ", Calibrations.Select(ModelFields.Written));

    /// <summary>
    /// The kind of a word, in large or small letters and with or without hyphens: models are stored as <c>bgnbd</c>
    /// and <c>price-sensitivity</c>, the former is written so in definitions, too.
    /// </summary>
    public static bool TryParse(string word, [NotNullWhen(true)] out LearntKind? kind)
    {
        kind = null;
        var plain = word.Replace("-", "", StringComparison.Ordinal);
        foreach (var known in All)
        {
            if (string.Equals(ModelFields.Written(known), plain, StringComparison.OrdinalIgnoreCase)) kind = known;
        }
        return kind is not null;
    }

    /// <summary>The way to calibrate of a word.</summary>
    public static bool TryParse(string word, [NotNullWhen(true)] out LearntCalibration? calibration)
    {
        calibration = null;
        foreach (var known in Calibrations)
        {
            if (string.Equals(ModelFields.Written(known), word, StringComparison.OrdinalIgnoreCase))
                calibration = known;
        }
        return calibration is not null;
    }

    /// <summary>Whether a kind is fitted to rows of features as of moments, and what came true after.</summary>
    internal static bool IsOfRows(LearntKind kind) =>
        kind is LearntKind.Logistic or LearntKind.Trees or LearntKind.Ftrl || IsOfContracts(kind)
            || kind == LearntKind.Frustration;

    /// <summary>Whether a kind counts the periods that a customer has been there.</summary>
    internal static bool IsOfContracts(LearntKind kind) => kind is LearntKind.Sbg or LearntKind.Hazard;

    /// <summary>How a kind is calibrated, as asked or by default.</summary>
    internal static LearntCalibration CalibrationOf(LearntKind kind, TrainingOptions options) =>
        options.Calibration
        ?? (IsOfContracts(kind) || kind == LearntKind.Frustration ? LearntCalibration.None : LearntCalibration.Platt);
}
