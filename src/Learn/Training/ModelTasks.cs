using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Plan;

namespace DToC.Learn.Training;

/// <summary>What a model is to be fitted as, and what it is to read.</summary>
internal static class ModelTasks
{
    /// <summary>The task of a model, and the kind that is fitted.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says why.</exception>
    public static (ModelTask Task, LearntKind Kind) Of(TwinPlan plan, string model, TrainingOptions options)
    {
        var slot = SlotOf(plan, model);
        if (plan.Models[slot] is ModelPlan.OfFormula)
            throw new InvalidOperationException($"'{model}' is a rule of the definition: there is nothing to fit.");
        var own = OwnKind(plan, slot);
        var kind = options.Kind ?? own;
        var target = ModelTask.TargetOf(plan, slot);
        var isHistory = !LearntKinds.IsOfRows(kind);
        // Causes have weights of their own in the definition, which others neither have nor keep.
        if (isHistory == LearntKinds.IsOfRows(own)
            || kind == LearntKind.Frustration != (own == LearntKind.Frustration))
        {
            throw new InvalidOperationException(
                $"'{model}' is {ModelFields.Written(own)} in the definition, which does not make "
                + $"{ModelFields.Written(kind)} of it.");
        }
        if (!isHistory && target is null)
            throw WithoutTarget(plan, slot);
        if (!isHistory && kind != LearntKind.Trees && target is { Outcome: TargetOutcome.Amount })
        {
            throw new InvalidOperationException(
                $"'{model}' forecasts an amount; {ModelFields.Written(kind)} forecasts whether.");
        }
        var inputs = isHistory ? plan.Models[slot].Reads
            : LearntKinds.IsOfContracts(kind) ? ContractInputs(plan, slot, kind, options.Inputs)
            : InputsOf(plan, slot, options.Inputs);
        return (new ModelTask(plan, slot, target, inputs), kind);
    }

    /// <summary>Slot of a model.</summary>
    /// <exception cref="InvalidOperationException">There is none of the name; says which there are.</exception>
    public static int SlotOf(TwinPlan plan, string model) => plan.FindModel(model) is >= 0 and var slot
        ? slot
        : throw new InvalidOperationException($"{plan.NoSuchModel(model)}.");

    /// <summary>Why a model without a target can be neither fitted nor graded, and what would be one.</summary>
    public static InvalidOperationException WithoutTarget(TwinPlan plan, int slot)
    {
        var what = plan.Definition.Models[slot].Form is ModelForm.Frustration
            ? "what they do who have had enough, such as to complain, to send back or to leave"
            : "what it forecasts";
        var counts = Array.Find(plan.Vector.Features, feature => feature.Kind == FeatureKind.Count)?.Name ?? "COUNT";
        return new InvalidOperationException(
            $"'{plan.Models[slot].Name}' has no target: the definition has to say {what}, by a feature that counts it: "
            + $"\"target\": {{ \"feature\": \"{counts}\", \"outcome\": \"any\", \"days\": 30 }}.");
    }

    /// <summary>Why a way to calibrate does not go with a kind.</summary>
    public static string NotCalibrated(string model, LearntKind kind) =>
        $"'{model}' is fitted as {ModelFields.Written(kind)}, which is not calibrated: probabilities of a target are, "
        + "of all kinds that learn from features. Leave the calibration out.";

    /// <summary>Names of the models that can be graded: something says what came true, or comes next.</summary>
    public static IReadOnlyList<string> Gradable(TwinPlan plan) =>
    [
        .. Enumerable.Range(0, plan.Models.Length)
            .Where(slot => ModelTask.TargetOf(plan, slot) is not null
                || SequenceTask.OwnKind(plan, slot) is not (null or LearntKind.PromotionResponse))
            .Select(slot => plan.Models[slot].Name),
    ];

    // As the definition has it, whatever was fitted since: a fit may have ended in another kind.
    private static LearntKind OwnKind(TwinPlan plan, int slot) => plan.Definition.Models[slot].Form switch
    {
        ModelForm.BgNbd => LearntKind.BgNbd,
        ModelForm.GammaGamma => LearntKind.GammaGamma,
        ModelForm.Logistic => LearntKind.Logistic,
        ModelForm.Frustration => LearntKind.Frustration,
        _ => LearntKind.Trees,
    };

    private static IReadOnlyList<int> InputsOf(TwinPlan plan, int slot, IReadOnlyList<string>? names)
    {
        var allowed = ModelTask.AllowedInputs(plan, slot);
        if (names is null && plan.Definition.Models[slot].Form is ModelForm.Logistic own)
            names = [.. own.Inputs.Select(input => input.Feature.Name)];
        if (plan.Definition.Models[slot].Form is ModelForm.Frustration { Causes: var causes })
        {
            string[] known = [.. causes.Select(cause => cause.Feature.Name)];
            names ??= known;
            if (names.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown)
            {
                throw new InvalidOperationException(
                    $"'{unknown}' is no cause of '{plan.Models[slot].Name}' in the definition; there are "
                    + $"{string.Join(", ", known)}.");
            }
        }
        if (names is null) return allowed;
        var inputs = new List<int>();
        foreach (var name in names)
        {
            var input = Array.FindIndex(plan.Vector.Features, feature => feature.Name == name);
            if (input < 0)
                throw new InvalidOperationException($"There is no feature '{name}' to read.");
            if (!allowed.Contains(input))
            {
                throw new InvalidOperationException(
                    $"The feature '{name}' has no basis for the purpose of '{plan.Models[slot].Name}'.");
            }
            if (!inputs.Contains(input)) inputs.Add(input);
        }
        return inputs;
    }

    // The age first, by which periods are counted; covariates are those that are named beside it.
    private static IReadOnlyList<int> ContractInputs(
        TwinPlan plan, int slot, LearntKind kind, IReadOnlyList<string>? names)
    {
        var features = plan.Vector.Features;
        var named = names is null ? [] : InputsOf(plan, slot, names);
        var ages = named.Concat(ModelTask.AllowedInputs(plan, slot)).Where(i => features[i].Kind == FeatureKind.Age);
        var word = ModelFields.Written(kind);
        if (ages.Select(age => (int?)age).FirstOrDefault() is not { } tenure)
        {
            throw new InvalidOperationException(
                $"'{plan.Models[slot].Name}' cannot be fitted as {word}: how many periods a customer has been there is "
                + "counted by a feature of kind age, and there is none with a basis for its purpose.");
        }
        int[] covariates = [.. named.Where(input => input != tenure)];
        if (kind == LearntKind.Sbg && covariates.Length > 0)
            throw new InvalidOperationException("sbg reads an age alone; hazard reads other features beside it.");
        if (covariates.Length > HazardForecast.MaxCovariates)
        {
            throw new InvalidOperationException(
                $"{covariates.Length} features are named; {word} reads at most {HazardForecast.MaxCovariates}.");
        }
        return [tenure, .. covariates];
    }
}
