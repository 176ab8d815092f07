using DToC.Twin.Definitions;
using DToC.Twin.Models;
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
        var isHistory = kind is not (LearntKind.Logistic or LearntKind.Trees);
        if (isHistory != own is not (LearntKind.Logistic or LearntKind.Trees))
        {
            throw new InvalidOperationException(
                $"'{model}' is {ModelFields.Written(own)} in the definition, which does not make "
                + $"{ModelFields.Written(kind)} of it.");
        }
        if (!isHistory && target is null)
            throw WithoutTarget(model);
        if (kind == LearntKind.Logistic && target is { Outcome: TargetOutcome.Amount })
            throw new InvalidOperationException($"'{model}' forecasts an amount; a logistic one forecasts whether.");
        var inputs = isHistory ? plan.Models[slot].Reads : InputsOf(plan, slot, options.Inputs);
        return (new ModelTask(plan, slot, target, inputs), kind);
    }

    /// <summary>Slot of a model.</summary>
    /// <exception cref="InvalidOperationException">There is none of the name; says which there are.</exception>
    public static int SlotOf(TwinPlan plan, string model) => plan.FindModel(model) is >= 0 and var slot
        ? slot
        : throw new InvalidOperationException($"{plan.NoSuchModel(model)}.");

    /// <summary>Why a model without a target can be neither fitted nor graded.</summary>
    public static InvalidOperationException WithoutTarget(string model) =>
        new($"'{model}' has no target: the definition has to say what it forecasts.");

    /// <summary>Names of the models that can be graded: something says what came true, or comes next.</summary>
    public static IReadOnlyList<string> Gradable(TwinPlan plan) =>
    [
        .. Enumerable.Range(0, plan.Models.Length)
            .Where(slot => ModelTask.TargetOf(plan, slot) is not null || SequenceTask.OwnKind(plan, slot) is not null)
            .Select(slot => plan.Models[slot].Name),
    ];

    // As the definition has it, whatever was fitted since: a fit may have ended in another kind.
    private static LearntKind OwnKind(TwinPlan plan, int slot) => plan.Definition.Models[slot].Form switch
    {
        ModelForm.BgNbd => LearntKind.BgNbd,
        ModelForm.GammaGamma => LearntKind.GammaGamma,
        ModelForm.Logistic => LearntKind.Logistic,
        _ => LearntKind.Trees,
    };

    private static IReadOnlyList<int> InputsOf(TwinPlan plan, int slot, IReadOnlyList<string>? names)
    {
        var allowed = ModelTask.AllowedInputs(plan, slot);
        if (names is null && plan.Definition.Models[slot].Form is ModelForm.Logistic own)
            names = [.. own.Inputs.Select(input => input.Feature.Name)];
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
}
