using System.Text.Json;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>How the rate of a discount compounds.</summary>
public enum Compounding
{
    /// <summary>What comes after t is worth e^(-rate t).</summary>
    Continuous,

    /// <summary>What comes after t is worth (1 + rate)^-t.</summary>
    Discrete,
}

/// <summary>What a later purchase is worth today.</summary>
/// <param name="Rate">Per unit of the model's time, at least 0; 0.15 a year is about 0.0027 a week.</param>
/// <param name="Compounding">How it compounds.</param>
public readonly record struct Discount(double Rate, Compounding Compounding)
{
    /// <summary>No discount.</summary>
    public static Discount None => default;

    /// <summary>The force of interest: what comes after t is worth e^(-force t).</summary>
    public double Force => Compounding == Compounding.Continuous ? Rate : SpecialFunctions.Log1P(Rate);

    /// <summary>Null when it can be used; else what would be right.</summary>
    public string? Validate() =>
        Rate >= 0 && double.IsFinite(Rate) ? null : $"discountRate is {Rate}; it must be a finite number from 0";

    internal void Write(Utf8JsonWriter writer)
    {
        if (Rate == 0) return;
        writer.WriteNumber("discountRate", Rate);
        writer.WriteString("compounding", ModelFields.Written(Compounding));
    }

    internal static Discount Read(ModelFields parameters) => parameters.NumberOrNull("discountRate") is { } rate
        ? new Discount(rate, parameters.Word<Compounding>("compounding"))
        : None;
}
