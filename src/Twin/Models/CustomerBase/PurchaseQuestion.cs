using System.Text.Json;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>What is asked of a model of a customer base.</summary>
public enum PurchaseOutput
{
    /// <summary>Purchases expected within the horizon.</summary>
    ExpectedPurchases,

    /// <summary>Probability of not having left.</summary>
    ProbabilityAlive,

    /// <summary>Probability of any purchase within the horizon.</summary>
    ProbabilityOfPurchase,

    /// <summary>Expected spend within the horizon, or in the rest of a life, discounted to now.</summary>
    LifetimeValue,
}

/// <summary>What is asked of a model of a customer base, and for how long ahead.</summary>
public sealed record PurchaseQuestion
{
    /// <summary>What is asked.</summary>
    public required PurchaseOutput Output { get; init; }

    /// <summary>
    /// Units of the model's time ahead, above 0; infinite for the rest of a life, which only a lifetime value can be
    /// asked for. Not read for <see cref="PurchaseOutput.ProbabilityAlive"/>.
    /// </summary>
    public double Horizon { get; init; } = double.PositiveInfinity;

    /// <summary>What later spend is worth now; of a lifetime value.</summary>
    public Discount Discount { get; init; }

    /// <summary>What a purchase is worth; of a lifetime value, and of nothing else.</summary>
    public SpendParameters? Spend { get; init; }

    /// <summary>Null when it can be answered; else what would be right.</summary>
    public string? Validate()
    {
        if (Output != PurchaseOutput.LifetimeValue && (Spend is not null || Discount.Rate != 0))
            return "spend and discount belong to a lifetime value only";
        if (Output == PurchaseOutput.ProbabilityAlive) return null;
        if (!(Horizon > 0)) return $"horizon is {Horizon}; it must be above 0";
        if (Output != PurchaseOutput.LifetimeValue)
            return double.IsFinite(Horizon) ? null : $"{ModelFields.Written(Output)} needs a horizon";
        if (Spend is null) return "lifetimeValue needs the parameters of spend";
        if (Discount.Validate() is { } wrong) return wrong;
        return double.IsInfinity(Horizon) && Discount.Rate == 0
            ? "lifetimeValue needs a horizon, or a discountRate above 0"
            : Spend.Model.Validate();
    }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("output", ModelFields.Written(Output));
        if (Output != PurchaseOutput.ProbabilityAlive && double.IsFinite(Horizon))
            writer.WriteNumber("horizon", Horizon);
        Discount.Write(writer);
        if (Spend is null) return;
        writer.WriteStartObject("spend");
        Spend.Write(writer);
        writer.WriteEndObject();
    }

    internal static PurchaseQuestion Read(ModelFields parameters) => new()
    {
        Output = parameters.Word<PurchaseOutput>("output"),
        Horizon = parameters.NumberOrNull("horizon") ?? double.PositiveInfinity,
        Discount = Discount.Read(parameters),
        Spend = parameters.OfOrNull("spend") is { } spend ? SpendParameters.Read(spend) : null,
    };
}
