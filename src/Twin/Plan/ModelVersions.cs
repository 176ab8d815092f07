using DToC.Twin.Definitions;

namespace DToC.Twin.Plan;

/// <summary>
/// Content hashes of models: of all that changes a score (name, purpose, kind, inputs, parameters), not of where it
/// was written.
/// </summary>
internal static class ModelVersions
{
    /// <summary>The version of a model.</summary>
    /// <param name="model">Its definition.</param>
    /// <param name="links">Finds the features whose parameters are the model's too.</param>
    /// <param name="fitted">The stored form of the fitted model that stands in its place; empty when none does.</param>
    public static ulong Of(ModelDefinition model, VectorLinks links, ReadOnlySpan<byte> fitted)
    {
        var form = fitted.IsEmpty ? FormOf(model.Form, links) : $"fitted|{StableHash.Of(fitted):x16}";
        var prior = model.Prior is not { } p ? "" : $"|{p.Value:R}|{p.Weight:R}|{p.Evidence.Name}"
            + string.Concat(p.Groups.Select(g => $"|{g.When.Text}|{g.Value:R}"));
        return StableHash.Of($"{model.Name}|{model.Purpose.Name}|{form}{prior}");
    }

    /// <summary>One hash of all models' versions.</summary>
    public static ulong HashOf(IEnumerable<ModelPlan> models)
    {
        var hash = 0UL;
        foreach (var model in models) hash = StableHash.Combine(hash, model.Version);
        return hash;
    }

    private static string FormOf(ModelForm form, VectorLinks links) => form switch
    {
        ModelForm.Logistic f => $"logistic|{f.Intercept:R}|" + string.Join('|', f.Inputs.Select(i =>
            $"{i.Feature.Name},{i.Weight:R},{i.Mean:R},{i.Scale:R},{i.Missing:R}")),
        ModelForm.BgNbd f => $"bgnbd|{f.Output}|{f.History.Name}|{f.Horizon:R}|{f.R:R}|{f.Alpha:R}|{f.A:R}|{f.B:R}",
        ModelForm.GammaGamma f => $"gammaGamma|{f.History.Name}|{f.P:R}|{f.Q:R}|{f.V:R}",
        ModelForm.Formula f => $"formula|{f.Expression.Text}",
        ModelForm.Satisfaction f =>
            $"satisfaction|{f.Level.Name}|{FeatureCompiler.SignatureOf(links.LevelOf(f.Level))}",
        ModelForm.Frustration f => $"frustration|{f.Background:R}|{f.BackgroundUncertainty:R}|" + string.Join('|',
            f.Causes.Select(c => $"{c.Feature.Name},{c.Weight:R},{c.Uncertainty:R}")),
        ModelForm.PriceSensitivity f => $"priceSensitivity|{f.Demand.Name}|{f.Intercept:R}|{f.Elasticity:R}|"
            + $"{f.InterceptVariance:R}|{f.ElasticityVariance:R}|{f.Covariance:R}|{f.NoiseVariance:R}",
        ModelForm.ToBeFitted => "toBeFitted",
        _ => throw new InvalidOperationException($"Unknown model form {form.GetType().Name}."),
    };
}
