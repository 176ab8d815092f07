using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.Affinity;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;

namespace DToC.Learn.Training;

/// <summary>Which models are of what comes next, and what they read.</summary>
internal static class SequenceTask
{
    /// <summary>The kind of the model in force when it is one of what comes next; else null.</summary>
    public static LearntKind? OwnKind(TwinPlan plan, int slot) => ModelOf(plan, slot) switch
    {
        AffinityModel => LearntKind.Affinity,
        TransitionForecast { Subject: TransitionSubject.Events } => LearntKind.NextEvent,
        TransitionForecast => LearntKind.NextStage,
        _ => null,
    };

    /// <summary>Whether a kind is one of what comes next.</summary>
    public static bool Has(LearntKind kind) =>
        kind is LearntKind.Affinity or LearntKind.NextEvent or LearntKind.NextStage;

    /// <summary>The kind to fit of what comes next: what is asked for, or that of the model in force; else
    /// null.</summary>
    public static LearntKind? KindOf(TwinPlan plan, int slot, TrainingOptions options) =>
        options.Kind is not { } asked ? OwnKind(plan, slot) : Has(asked) ? asked : null;

    /// <summary>What is to be read for a model.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slot">The model's slot.</param>
    /// <param name="kind">Affinity, or what comes next.</param>
    /// <param name="inputs">The feature, by name; null for the model's own, or the first of its kind.</param>
    /// <exception cref="InvalidOperationException">There is no such feature.</exception>
    public static SequenceTrail TrailOf(
        TwinPlan plan, int slot, LearntKind kind, IReadOnlyList<string>? inputs)
    {
        var name = plan.Models[slot].Name;
        if (plan.Models[slot] is ModelPlan.OfFormula)
            throw new InvalidOperationException($"'{name}' is a rule of the definition: there is nothing to fit.");
        if (inputs is { Count: > 1 })
        {
            throw new InvalidOperationException(
                $"{inputs.Count} features are named; {ModelFields.Written(kind)} reads one.");
        }
        var reads = inputs is null && OwnKind(plan, slot) == kind && ReadsSequence(plan, slot, kind)
            ? plan.Models[slot].Reads
            : InputsOf(plan, kind, inputs is [var feature] ? feature : null);
        return new SequenceTrail(new ModelTask(plan, slot, Target: null, reads), kind);
    }

    /// <summary>The model in force; null when there is none.</summary>
    public static PredictiveModel? ModelOf(TwinPlan plan, int slot) =>
        plan.Models[slot] is ModelPlan.OfModel { Model: var model } ? model : null;

    // A model that somebody else has made may read other features than those that events are collected for.
    private static bool ReadsSequence(TwinPlan plan, int slot, LearntKind kind) =>
        plan.Models[slot].Reads is [var first, ..]
        && plan.Vector.Features[first] is { Part: 0 } feature && feature.Kind == FeatureOf(kind);

    private static FeatureKind FeatureOf(LearntKind kind) => kind switch
    {
        LearntKind.Affinity => FeatureKind.Basket,
        LearntKind.NextEvent => FeatureKind.LastEvent,
        _ => FeatureKind.Stage,
    };

    private static IReadOnlyList<int> InputsOf(TwinPlan plan, LearntKind kind, string? name)
    {
        var first = First(plan, FeatureOf(kind), name);
        if (kind == LearntKind.NextStage) return [first, First(plan, FeatureKind.TimeInStage, null)];
        var features = plan.Vector.Features;
        var parts = 1;
        while (first + parts < features.Length && features[first + parts].Part == parts
            && features[first + parts].Kind == features[first].Kind)
        {
            parts++;
        }
        return [.. Enumerable.Range(first, parts)];
    }

    private static int First(TwinPlan plan, FeatureKind kind, string? name)
    {
        var first = Array.FindIndex(plan.Vector.Features, read => read.Kind == kind && read.Part == 0
            && (name is null || read.Name == name || read.Name.StartsWith(name + ".", StringComparison.Ordinal)));
        return first >= 0 ? first : throw new InvalidOperationException(
            $"There is no feature{(name is null ? "" : $" '{name}'")} of kind {ModelFields.Written(kind)} to read.");
    }
}
