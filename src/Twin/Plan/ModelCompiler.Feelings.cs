using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.Frustration;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Models.Satisfaction;

namespace DToC.Twin.Plan;

/// <summary>Models of what a customer feels: satisfaction, frustration, and of prices.</summary>
internal sealed partial class ModelCompiler
{
    private ModelPlan? Satisfaction(ModelDefinition model, ModelForm.Satisfaction form)
    {
        var first = links.FirstOf(form.Level, FeatureKind.LatentLevel, $"{PathOf(model)}.level", errors);
        if (first < 0) return null;
        int[] reads = [first, first + 1, first + 2];
        var filter = FeatureCompiler.FilterOf(links.LevelOf(form.Level));
        return Plan(model, new SatisfactionModel(links.NamesOf(reads), filter), reads);
    }

    private ModelPlan? Frustration(ModelDefinition model, ModelForm.Frustration form)
    {
        var path = $"{PathOf(model)}.causes";
        var causes = new List<FrustrationCause>();
        var slots = new List<int>();
        foreach (var cause in form.Causes)
        {
            if (!TryAddOnce(slots, cause.Feature, path, "a cause")) continue;
            causes.Add(FrustrationCause.Of(cause.Feature.Name, cause.Weight, cause.Uncertainty));
        }
        var background = FrustrationCause.Of("background", form.Background, form.BackgroundUncertainty);
        return Plan(model, new FrustrationModel(background, causes.ToArray()), [.. slots]);
    }

    private ModelPlan? PriceSensitivity(ModelDefinition model, ModelForm.PriceSensitivity form)
    {
        var first = links.FirstOf(form.Demand, FeatureKind.DemandSums, $"{PathOf(model)}.demand", errors);
        if (first < 0) return null;
        int[] reads = [.. Enumerable.Range(first, DemandSums.CountFor(2))];
        try
        {
            return Plan(model, new PriceSensitivity(
                links.NamesOf(reads), [form.Intercept, form.Elasticity],
                [form.InterceptVariance, form.Covariance, form.Covariance, form.ElasticityVariance],
                form.NoiseVariance), reads);
        }
        catch (ArgumentException wrong)
        {
            errors.Add(model.At, $"{PathOf(model)}.parameters", ArgumentWords.Of(wrong),
                "See Rossi, Allenby and McCulloch 2005");
            return null;
        }
    }
}
