using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Rules;
using LogisticInput = DToC.Twin.Models.LogisticInput;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Twin.Plan;

/// <summary>Compiles models in the order of the file.</summary>
internal static class ModelCompiler
{
    /// <summary>
    /// A hash of all that changes a score: names, kinds, inputs, parameters; not where they were written.
    /// </summary>
    public static ulong HashOf(IReadOnlyList<ModelDefinition> models)
    {
        var hash = 0UL;
        foreach (var model in models)
            hash = StableHash.Of($"{model.Name}|{model.Purpose.Name}|{FormOf(model.Form)}", hash);
        return hash;
    }

    private static string FormOf(ModelForm form) => form switch
    {
        ModelForm.Logistic f => $"logistic|{f.Intercept:R}|" + string.Join('|', f.Inputs.Select(i =>
            $"{i.Feature.Name},{i.Weight:R},{i.Mean:R},{i.Scale:R},{i.Missing:R}")),
        ModelForm.BgNbd f => $"bgnbd|{f.Output}|{f.History.Name}|{f.Horizon:R}|{f.R:R}|{f.Alpha:R}|{f.A:R}|{f.B:R}",
        ModelForm.GammaGamma f => $"gammaGamma|{f.History.Name}|{f.P:R}|{f.Q:R}|{f.V:R}",
        ModelForm.Formula f => $"formula|{f.Expression.Text}",
        _ => throw new InvalidOperationException($"Unknown model form {form.GetType().Name}."),
    };

    public static IReadOnlyList<ModelPlan> Compile(
        Definition definition, VectorLinks links, ConsentPlan consent, CompileErrors errors)
    {
        var models = new List<ModelPlan>();
        var names = new List<string>();
        foreach (var model in definition.Models)
        {
            var path = $"models.{model.Name}";
            var purpose = errors.Slot(model.Purpose, consent.Purposes, $"{path}.purpose", "purpose");
            if (links.Symbols.TryFind(model.Name, out _))
            {
                errors.Add(model.At, path, $"The name '{model.Name}' is a feature already",
                    "Give the model a name of its own");
                continue;
            }
            if (Compile(model, Math.Max(0, purpose), links, names, path, errors) is not { } plan) continue;
            links.DeclareScore(model.Name, models.Count, plan.Categories);
            models.Add(plan);
            names.Add(model.Name);
        }
        return models;
    }

    private static ModelPlan? Compile(
        ModelDefinition model, int purpose, VectorLinks links, List<string> earlier, string path, CompileErrors errors)
    {
        switch (model.Form)
        {
            case ModelForm.Logistic logistic:
                return Logistic(model, logistic, purpose, links, earlier, path, errors);
            case ModelForm.BgNbd bgnbd:
                return BgNbd(model, bgnbd, purpose, links, path, errors);
            case ModelForm.GammaGamma gamma:
                return GammaGamma(model, gamma, purpose, links, path, errors);
            case ModelForm.Formula formula:
                var rule = errors.Rule(formula.Expression, links.Symbols, ValueType.Number, $"{path}.expression");
                return rule is null ? null : new ModelPlan.OfFormula(rule)
                {
                    Name = model.Name, Kind = "formula", Unit = model.Unit, Purpose = purpose,
                    Categories = links.CategoriesOf(rule), Reads = rule.NumbersRead.ToArray(),
                };
            default:
                throw new InvalidOperationException($"Unknown model form {model.Form.GetType().Name}.");
        }
    }

    private static ModelPlan.OfModel? BgNbd(
        ModelDefinition model, ModelForm.BgNbd form, int purpose, VectorLinks links, string path, CompileErrors errors)
    {
        var bgnbd = new BgNbd(form.R, form.Alpha, form.A, form.B);
        var wrong = bgnbd.Validate();
        if (wrong is not null) errors.Add(model.At, $"{path}.parameters", wrong, "See Fader, Hardie and Lee 2005");
        var history = links.PurchaseHistory(form.History, $"{path}.history", errors);
        if (history < 0 || wrong is not null) return null;
        var question = form.Output == BgNbdOutput.ProbabilityAlive
            ? new PurchaseQuestion { Output = PurchaseOutput.ProbabilityAlive }
            : new PurchaseQuestion { Output = PurchaseOutput.ExpectedPurchases, Horizon = form.Horizon };
        int[] reads = [history, history + 1, history + 2];
        return OfHistory(
            model, new PurchaseForecast<BgNbd>(bgnbd, question, links.NamesOf(reads)), purpose, links, reads);
    }

    private static ModelPlan.OfModel? GammaGamma(
        ModelDefinition model, ModelForm.GammaGamma form, int purpose, VectorLinks links, string path,
        CompileErrors errors)
    {
        var spend = new GammaGamma(form.P, form.Q, form.V);
        var wrong = spend.Validate();
        if (wrong is not null) errors.Add(model.At, $"{path}.parameters", wrong, "See Fader and Hardie 2013");
        var history = links.PurchaseHistory(form.History, $"{path}.history", errors);
        if (history < 0 || wrong is not null) return null;
        int[] reads = [history, history + 3];
        return OfHistory(
            model, new SpendForecast(new SpendParameters(spend), links.NamesOf(reads)), purpose, links, reads);
    }

    private static ModelPlan.OfModel OfHistory(
        ModelDefinition model, PredictiveModel scored, int purpose, VectorLinks links, int[] reads) => new(scored)
    {
        Name = model.Name, Kind = scored.Kind, Unit = model.Unit, Purpose = purpose,
        Categories = links.NumberCategories[reads[0]], Reads = reads,
    };

    private static ModelPlan.OfModel? Logistic(
        ModelDefinition model, ModelForm.Logistic form, int purpose, VectorLinks links, List<string> earlier,
        string path,
        CompileErrors errors)
    {
        var inputs = new List<LogisticInput>();
        var slots = new List<int>();
        var categories = 0UL;
        foreach (var input in form.Inputs)
        {
            var slot = links.Number(input.Feature, earlier, $"{path}.inputs", errors);
            if (slot < 0) continue;
            if (slots.Contains(slot))
            {
                errors.Add(input.Feature.At, $"{path}.inputs", $"'{input.Feature.Name}' is an input already",
                    "Name each input once, with the sum of its weights");
                continue;
            }
            inputs.Add(new LogisticInput(
                input.Feature.Name, input.Weight, input.Mean, input.Scale, input.Missing));
            slots.Add(slot);
            categories |= links.NumberCategories[slot];
        }
        var checkedInputs = inputs.ToArray();
        if (Models.Logistic.Validate(form.Intercept, checkedInputs) is { } wrong)
        {
            errors.Add(model.At, path, wrong, "Give finite weights and scales above 0");
            return null;
        }
        return new ModelPlan.OfModel(new Logistic(form.Intercept, checkedInputs))
        {
            Name = model.Name, Kind = "logistic", Unit = model.Unit, Purpose = purpose,
            Categories = categories, Reads = [.. slots],
        };
    }
}
