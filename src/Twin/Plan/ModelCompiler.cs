using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Rules;
using LogisticInput = DToC.Twin.Models.LogisticInput;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Twin.Plan;

/// <summary>
/// Compiles models in the order of the file. A fitted model stands in the place of the definition's own of its name.
/// </summary>
internal sealed partial class ModelCompiler(
    VectorLinks links, ConsentPlan consent, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> fitted,
    CompileErrors errors)
{
    private readonly List<string> _earlier = [];

    public IReadOnlyList<ModelPlan> Compile(Definition definition)
    {
        var models = new List<ModelPlan>();
        foreach (var model in definition.Models)
        {
            if (links.Symbols.TryFind(model.Name, out _))
            {
                errors.Add(model.At, PathOf(model), $"The name '{model.Name}' is a feature already",
                    "Give the model a name of its own");
                continue;
            }
            if (Compile(model) is not { } plan) continue;
            links.DeclareScore(model.Name, models.Count, plan.Categories);
            models.Add(plan);
            _earlier.Add(model.Name);
        }
        foreach (var name in fitted.Keys.Except(definition.Models.Select(m => m.Name), StringComparer.Ordinal))
        {
            errors.Add(new Position(1, 1), "models", $"A fitted model stands for '{name}', which is no model here",
                "Give the definition a model of this name, or take the fitted one away");
        }
        return models;
    }

    private ModelPlan? Compile(ModelDefinition model)
    {
        var purpose = errors.Slot(model.Purpose, consent.Purposes, $"{PathOf(model)}.purpose", "purpose");
        var stored = fitted.GetValueOrDefault(model.Name);
        // What reads the score of a fitted model that cannot be used is not wrong for that.
        var plan = stored.IsEmpty
            ? Own(model)
            : Fitted(model, stored) ?? Plan(model, new ModelPlan.ToBeFitted(), "fitted", []);
        if (plan is null) return null;
        var prior = Prior(model);
        return plan with
        {
            Purpose = Math.Max(0, purpose),
            Prior = prior,
            Categories = plan.Categories | CategoriesOf(prior),
            Version = ModelVersions.Of(model, links, stored.Span),
            Target = Target(model, plan),
        };
    }

    private ModelPlan? Own(ModelDefinition model)
    {
        switch (model.Form)
        {
            case ModelForm.Logistic logistic:
                return Logistic(model, logistic);
            case ModelForm.BgNbd bgnbd:
                return BgNbd(model, bgnbd);
            case ModelForm.GammaGamma gamma:
                return GammaGamma(model, gamma);
            case ModelForm.Satisfaction satisfaction:
                return Satisfaction(model, satisfaction);
            case ModelForm.Frustration frustration:
                return Frustration(model, frustration);
            case ModelForm.PriceSensitivity price:
                return PriceSensitivity(model, price);
            case ModelForm.Formula formula:
                var rule = errors.Rule(
                    formula.Expression, links.Symbols, ValueType.Number, $"{PathOf(model)}.expression");
                return rule is null
                    ? null
                    : Plan(model, new ModelPlan.OfFormula(rule), "formula", rule.NumbersRead.ToArray()) with
                    {
                        Categories = links.CategoriesOf(rule),
                    };
            case ModelForm.ToBeFitted:
                return Plan(model, new ModelPlan.ToBeFitted(), "fitted", []);
            default:
                throw new InvalidOperationException($"Unknown model form {model.Form.GetType().Name}.");
        }
    }

    private ModelPlan? Fitted(ModelDefinition model, ReadOnlyMemory<byte> stored)
    {
        var path = PathOf(model);
        try
        {
            var file = ModelFile.Read(stored);
            var slots = new int[file.Model.Inputs.Count];
            for (var i = 0; i < slots.Length; i++)
            {
                var input = new Named(file.Model.Inputs[i], model.At);
                slots[i] = links.Number(input, _earlier, $"{path} (the fitted model's inputs)", errors);
            }
            return slots.Contains(-1)
                ? null
                : Plan(model, file.Model, slots) with { Fitted = file };
        }
        catch (InvalidDataException wrong)
        {
            errors.Add(model.At, path, $"The fitted model cannot be used: {wrong.Message.TrimEnd('.')}",
                "Train or import it again");
            return null;
        }
    }

    private ModelPlan? BgNbd(ModelDefinition model, ModelForm.BgNbd form)
    {
        var bgnbd = new BgNbd(form.R, form.Alpha, form.A, form.B);
        var wrong = bgnbd.Validate();
        if (wrong is not null)
            errors.Add(model.At, $"{PathOf(model)}.parameters", wrong, "See Fader, Hardie and Lee 2005");
        var history = links.FirstOf(
            form.History, FeatureKind.PurchaseHistory, $"{PathOf(model)}.history", errors);
        if (history < 0 || wrong is not null) return null;
        var question = form.Output == BgNbdOutput.ProbabilityAlive
            ? new PurchaseQuestion { Output = PurchaseOutput.ProbabilityAlive }
            : new PurchaseQuestion { Output = PurchaseOutput.ExpectedPurchases, Horizon = form.Horizon };
        int[] reads = [history, history + 1, history + 2];
        return Plan(model, new PurchaseForecast<BgNbd>(bgnbd, question, links.NamesOf(reads)), reads);
    }

    private ModelPlan? GammaGamma(ModelDefinition model, ModelForm.GammaGamma form)
    {
        var spend = new GammaGamma(form.P, form.Q, form.V);
        var wrong = spend.Validate();
        if (wrong is not null)
            errors.Add(model.At, $"{PathOf(model)}.parameters", wrong, "See Fader and Hardie 2013");
        var history = links.FirstOf(
            form.History, FeatureKind.PurchaseHistory, $"{PathOf(model)}.history", errors);
        if (history < 0 || wrong is not null) return null;
        int[] reads = [history, history + 3];
        return Plan(model, new SpendForecast(new SpendParameters(spend), links.NamesOf(reads)), reads);
    }

    private ModelPlan? Logistic(ModelDefinition model, ModelForm.Logistic form)
    {
        var path = $"{PathOf(model)}.inputs";
        var inputs = new List<LogisticInput>();
        var slots = new List<int>();
        foreach (var input in form.Inputs)
        {
            if (!TryAddOnce(slots, input.Feature, path, "an input")) continue;
            inputs.Add(new LogisticInput(
                input.Feature.Name, input.Weight, input.Mean, input.Scale, input.Missing));
        }
        var checkedInputs = inputs.ToArray();
        if (Models.Logistic.Validate(form.Intercept, checkedInputs) is { } wrong)
        {
            errors.Add(model.At, PathOf(model), wrong, "Give finite weights and scales above 0");
            return null;
        }
        return Plan(model, new Logistic(form.Intercept, checkedInputs), [.. slots]);
    }

    /// <summary>Adds the slot of what a model reads; not of an unknown name, nor of one named before.</summary>
    private bool TryAddOnce(List<int> slots, Named read, string path, string role)
    {
        var slot = links.Number(read, _earlier, path, errors);
        if (slot < 0) return false;
        if (slots.Contains(slot))
        {
            errors.Add(read.At, path, $"'{read.Name}' is {role} already",
                "Name each feature once, with the sum of its weights");
            return false;
        }
        slots.Add(slot);
        return true;
    }

    private PriorPlan? Prior(ModelDefinition model)
    {
        if (model.Prior is not { } prior) return null;
        var path = $"{PathOf(model)}.prior";
        var evidence = links.Number(prior.Evidence, _earlier, $"{path}.evidence", errors);
        var groups = new List<PriorGroup>();
        CheckPrior(model, prior.Value, $"{path}.value");
        foreach (var group in prior.Groups)
        {
            CheckPrior(model, group.Value, $"{path}.groups.value");
            if (errors.Rule(group.When, links.Symbols, ValueType.Boolean, $"{path}.groups.when") is { } when)
                groups.Add(new PriorGroup(when, group.Value));
        }
        return evidence < 0 ? null : new PriorPlan(prior.Value, prior.Weight, evidence, groups);
    }

    private void CheckPrior(ModelDefinition model, double value, string path)
    {
        var isProbability = model.Unit == "probability" || model.Target is { Outcome: not TargetOutcome.Amount };
        if (!isProbability || value is >= 0 and <= 1) return;
        errors.Add(model.At, path, FormattableString.Invariant($"{value} is no probability, and '{model.Name}' is one"),
            "Give a number from 0 to 1");
    }

    private TargetPlan? Target(ModelDefinition model, ModelPlan plan)
    {
        if (model.Target is not { } target) return null;
        var path = $"{PathOf(model)}.target";
        var among = errors.Rule(target.Among, links.Symbols, ValueType.Boolean, $"{path}.among");
        var feature = links.Growing(target.Feature, $"{path}.feature", errors);
        return feature < 0
            ? null
            : new TargetPlan(feature, target.Outcome, (long)(target.Days * Instant.DayMs), among);
    }

    private ulong CategoriesOf(PriorPlan? prior)
    {
        if (prior is null) return 0;
        var categories = links.NumberCategories[prior.Evidence];
        foreach (var group in prior.Groups) categories |= links.CategoriesOf(group.When);
        return categories;
    }

    private ModelPlan Plan(ModelDefinition model, PredictiveModel scored, int[] reads) =>
        Plan(model, new ModelPlan.OfModel(scored), scored.Kind, reads);

    /// <summary>A plan of numbers read; what all kinds have in common is set once it is whole.</summary>
    private ModelPlan Plan(ModelDefinition model, ModelPlan plan, string kind, int[] reads)
    {
        var categories = 0UL;
        foreach (var slot in reads) categories |= links.NumberCategories[slot];
        return plan with { Name = model.Name, Kind = kind, Unit = model.Unit, Reads = reads, Categories = categories };
    }

    private static string PathOf(ModelDefinition model) => $"models.{model.Name}";
}
