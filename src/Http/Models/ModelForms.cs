using System.Text.Json.Serialization;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Plan;
using DToC.Twin.Views;

namespace DToC.Http.Models;

/// <summary>Where a model comes from.</summary>
internal enum ModelOrigin
{
    /// <summary>The definition has its parameters.</summary>
    Definition,

    /// <summary>It was trained or imported, and put in the place of the definition's own.</summary>
    Fitted,

    /// <summary>It is still to be fitted: the prior alone speaks.</summary>
    None,
}

/// <summary>A model in a list.</summary>
/// <param name="Version">Content hash of all that makes its scores.</param>
/// <param name="InTurn">Whether a trigger or segment reads it, so that it is scored with every event.</param>
internal sealed record ModelForm(
    string Name, string Kind, string? Unit, string Purpose, string Version, ModelOrigin Origin, bool InTurn)
{
    /// <summary>The model of a slot.</summary>
    public static ModelForm Of(TwinPlan plan, int slot)
    {
        var model = plan.Models[slot];
        return new ModelForm(
            model.Name, model.Kind, model.Unit, plan.Consent.Purposes[model.Purpose], ScoreView.VersionOf(model),
            model.Fitted is not null ? ModelOrigin.Fitted
                : model is ModelPlan.ToBeFitted ? ModelOrigin.None : ModelOrigin.Definition,
            plan.ModelsOfTurn.Contains(slot));
    }
}

/// <summary>An input of a model.</summary>
/// <param name="Categories">Data categories it rests on.</param>
/// <param name="Min">The least value the model was fitted on; null when that is not known.</param>
/// <param name="Max">The greatest.</param>
internal sealed record ModelInputForm(string Name, IReadOnlyList<string> Categories, double? Min, double? Max);

/// <summary>What a model forecasts.</summary>
/// <param name="Among">Rule that holds for those it is about; null for all.</param>
internal sealed record TargetForm(string Feature, TargetOutcome Outcome, double Days, string? Among);

/// <summary>What a model rests on, for people.</summary>
/// <param name="RestsOn">Data categories of all inputs.</param>
/// <param name="MadeBy">What made it; null for one of the definition.</param>
/// <param name="From">Start of the data it was fitted on.</param>
/// <param name="Until">Their end.</param>
/// <param name="Rows">Rows or customers it was fitted on; 0 when that is not known.</param>
/// <param name="Measures">Fit and calibration, by name.</param>
/// <param name="Limits">Known limits of this model and of its kind, a sentence each.</param>
internal sealed record ModelCardForm(
    ModelForm Model, IReadOnlyList<ModelInputForm> Inputs, IReadOnlyList<string> RestsOn, string? MadeBy,
    Instant? MadeAt, Instant? From, Instant? Until, long Rows, string? Seed,
    IReadOnlyDictionary<string, double> Measures, IReadOnlyList<string> Limits)
{
    /// <summary>What it forecasts; null when the definition does not say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TargetForm? Target { get; init; }

    /// <summary>The card of a slot's model.</summary>
    public static ModelCardForm Of(TwinPlan plan, int slot)
    {
        var model = plan.Models[slot];
        var (definition, card) = (plan.Definition.Models[slot], model.Fitted?.Card ?? ModelCard.Empty);
        return new ModelCardForm(
            ModelForm.Of(plan, slot),
            [.. model.Reads.Select((number, i) => InputOf(plan, number, model.Fitted?.Ranges[i]))],
            CategoriesOf(plan, model.Categories), card.Origin, card.MadeAt, card.From, card.Until, card.Rows,
            card.Seed?.ToString(System.Globalization.CultureInfo.InvariantCulture), card.Measures,
            LimitsOf(plan, slot, card))
        {
            Target = definition.Target is { } target
                ? new TargetForm(target.Feature.Name, target.Outcome, target.Days, target.Among?.Text)
                : null,
        };
    }

    private static List<string> LimitsOf(TwinPlan plan, int slot, ModelCard card)
    {
        var ofItsKind = plan.Models[slot] is ModelPlan.OfModel { Model: var own } ? own.Limits : [];
        IEnumerable<string> ofItsPlace = UnitRemark.Of(plan, slot) is { } remark ? [remark] : [];
        return [.. ofItsPlace.Concat(card.Limits).Union(ofItsKind, StringComparer.Ordinal)];
    }

    private static ModelInputForm InputOf(TwinPlan plan, int number, InputRange? range) => new(
        plan.Vector.NumberNames[number], CategoriesOf(plan, plan.Vector.NumberCategories[number]),
        Known(range?.Min), Known(range?.Max));

    private static double? Known(double? value) => value is { } known && double.IsFinite(known) ? known : null;

    private static List<string> CategoriesOf(TwinPlan plan, ulong categories) =>
        [.. plan.Consent.Categories.Where((_, slot) => (categories >> slot & 1) != 0)];
}
