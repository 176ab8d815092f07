using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.Affinity;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;

namespace DToC.Learn.Training;

/// <summary>
/// Which models are fitted to events themselves, one after the other, and what they read: those of what comes next, of
/// what prices and promotions do and of what answers tell.
/// </summary>
internal static class SequenceTask
{
    /// <summary>
    /// The kind that the definition says, or else that of the model in force, when it is one of these; else null.
    /// </summary>
    public static LearntKind? OwnKind(TwinPlan plan, int slot) => plan.Definition.Models[slot].Form switch
    {
        ModelForm.PriceSensitivity => LearntKind.PriceSensitivity,
        ModelForm.Satisfaction => LearntKind.Satisfaction,
        _ => KindOf(ModelOf(plan, slot)),
    };

    private static LearntKind? KindOf(PredictiveModel? model) => model switch
    {
        PriceSensitivity => LearntKind.PriceSensitivity,
        PromotionResponse => LearntKind.PromotionResponse,
        SatisfactionModel => LearntKind.Satisfaction,
        AffinityModel => LearntKind.Affinity,
        TransitionForecast { Subject: TransitionSubject.Events } => LearntKind.NextEvent,
        TransitionForecast => LearntKind.NextStage,
        _ => null,
    };

    /// <summary>Whether a kind is one of these.</summary>
    public static bool Has(LearntKind kind) => kind is LearntKind.Affinity or LearntKind.NextEvent
        or LearntKind.NextStage or LearntKind.PriceSensitivity or LearntKind.Satisfaction
        or LearntKind.PromotionResponse;

    /// <summary>The kind to fit of these: what is asked for, or <see cref="OwnKind"/>; else null.</summary>
    public static LearntKind? KindOf(TwinPlan plan, int slot, TrainingOptions options) =>
        options.Kind is not { } asked ? OwnKind(plan, slot) : Has(asked) ? asked : null;

    /// <summary>What is to be read for a model.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slot">The model's slot.</param>
    /// <param name="kind">One of these.</param>
    /// <param name="inputs">The feature, by name; null for the model's own, or the first of its kind.</param>
    /// <exception cref="InvalidOperationException">There is no such feature, or the kinds do not go together.
    /// </exception>
    public static ModelTask Of(
        TwinPlan plan, int slot, LearntKind kind, IReadOnlyList<string>? inputs)
    {
        var name = plan.Models[slot].Name;
        if (plan.Models[slot] is ModelPlan.OfFormula)
            throw new InvalidOperationException($"'{name}' is a rule of the definition: there is nothing to fit.");
        var form = plan.Definition.Models[slot].Form;
        if (kind is LearntKind.PriceSensitivity or LearntKind.Satisfaction && OwnKind(plan, slot) != kind
            && form is not ModelForm.ToBeFitted)
        {
            throw new InvalidOperationException(
                $"'{name}' is {plan.Models[slot].Kind}, which does not make {ModelFields.Written(kind)} of it.");
        }
        if (inputs is { Count: > 1 })
        {
            throw new InvalidOperationException(
                $"{inputs.Count} features are named; {ModelFields.Written(kind)} reads one.");
        }
        var reads = inputs is null && OwnKind(plan, slot) == kind && ReadsSequence(plan, slot, kind)
            ? plan.Models[slot].Reads
            : InputsOf(plan, kind, inputs is [var feature] ? feature : OwnFeature(form));
        return new ModelTask(plan, slot, Target: null, reads);
    }

    /// <summary>What is to be filled with customers' events for a task.</summary>
    public static ISequenceReading ReadingOf(
        ModelTask task, LearntKind kind, Instant until, long horizonMs, Instant? cut) => kind switch
    {
        LearntKind.PriceSensitivity => new DemandReading(task, until, horizonMs, cut),
        LearntKind.PromotionResponse => new PromotionReading(task, until, horizonMs, cut),
        LearntKind.Satisfaction => new AnswerReading(task, until, horizonMs, cut),
        _ => new SequenceReading(new SequenceTrail(task, kind), until, horizonMs, cut),
    };

    /// <summary>The model in force; null when there is none.</summary>
    public static PredictiveModel? ModelOf(TwinPlan plan, int slot) =>
        plan.Models[slot] is ModelPlan.OfModel { Model: var model } ? model : null;

    // A model that somebody else has made may read other features than those that events are collected for.
    private static bool ReadsSequence(TwinPlan plan, int slot, LearntKind kind) =>
        plan.Models[slot].Reads is [var first, ..]
        && plan.Vector.Features[first] is { Part: 0 } feature && feature.Kind == FeatureOf(kind)
        && kind switch
        {
            LearntKind.PriceSensitivity => plan.Models[slot].Reads.Length == DemandSums.CountFor(2),
            LearntKind.Satisfaction => plan.Models[slot].Reads.Length == SatisfactionModel.InputCount,
            LearntKind.PromotionResponse => PromotionReading.CanRead(plan, feature),
            _ => true,
        };

    private static FeatureKind FeatureOf(LearntKind kind) => kind switch
    {
        LearntKind.Affinity => FeatureKind.Basket,
        LearntKind.NextEvent => FeatureKind.LastEvent,
        LearntKind.PriceSensitivity => FeatureKind.DemandSums,
        LearntKind.PromotionResponse => FeatureKind.Ratio,
        LearntKind.Satisfaction => FeatureKind.LatentLevel,
        _ => FeatureKind.Stage,
    };

    private static IReadOnlyList<int> InputsOf(TwinPlan plan, LearntKind kind, string? name)
    {
        if (kind == LearntKind.PromotionResponse) return [Discounts(plan, name)];
        var first = First(plan, FeatureOf(kind), name);
        switch (kind)
        {
            case LearntKind.NextStage:
                return [first, First(plan, FeatureKind.TimeInStage, null)];
            case LearntKind.PriceSensitivity:
                return [.. Enumerable.Range(first, DemandSums.CountFor(2))];
            case LearntKind.Satisfaction:
                return [.. Enumerable.Range(first, SatisfactionModel.InputCount)];
        }
        var features = plan.Vector.Features;
        var parts = 1;
        while (first + parts < features.Length && features[first + parts].Part == parts
            && features[first + parts].Kind == features[first].Kind)
        {
            parts++;
        }
        return [.. Enumerable.Range(first, parts)];
    }

    // Of two ratios of sums, nobody but the user knows which is of what was taken off prices.
    private static int Discounts(TwinPlan plan, string? name)
    {
        var features = plan.Vector.Features;
        int[] ratios =
        [
            .. Enumerable.Range(0, features.Length).Where(i => PromotionReading.CanRead(plan, features[i])),
        ];
        if (name is null && ratios is [var only]) return only;
        if (Array.FindIndex(ratios, i => features[i].Name == name) is >= 0 and var named) return ratios[named];
        var there = ratios.Length == 0 ? "there is none" : string.Join(", ", ratios.Select(i => features[i].Name));
        throw new InvalidOperationException(
            $"{(name is null ? "No feature is named" : $"'{name}' is no feature")} to read promotions from: a ratio of "
            + $"what was taken off to what was paid, each a sum or decayed sum over events ({there}).");
    }

    private static string? OwnFeature(ModelForm form) => form switch
    {
        ModelForm.PriceSensitivity price => price.Demand.Name,
        ModelForm.Satisfaction satisfaction => satisfaction.Level.Name,
        _ => null,
    };

    private static int First(TwinPlan plan, FeatureKind kind, string? name)
    {
        var first = Array.FindIndex(plan.Vector.Features, read => read.Kind == kind && read.Part == 0
            && (name is null || read.Name == name || read.Name.StartsWith(name + ".", StringComparison.Ordinal)));
        return first >= 0 ? first : throw new InvalidOperationException(
            $"There is no feature{(name is null ? "" : $" '{name}'")} of kind {ModelFields.Written(kind)} to read.");
    }
}
