namespace DToC.Twin.Definitions.Reading;

/// <summary>Makes records of checked models.</summary>
internal static class ModelMapping
{
    public static ModelDefinition Model(string name, Fields model, Position at) =>
        new(name, model.Named("purpose"), model.TextOrNull("unit"), Form(model), at)
        {
            Prior = model.Has("prior") ? Prior(model.Of("prior")) : null,
            Target = model.Has("target") ? Target(model.Of("target")) : null,
        };

    private static ModelForm Form(Fields model) => model.Text("kind") switch
    {
        ModelShape.Logistic => new ModelForm.Logistic(model.Number("intercept"), model.List("inputs", Input)),
        ModelShape.BgNbd => BgNbd(model, model.Of("parameters")),
        ModelShape.GammaGamma => GammaGamma(model, model.Of("parameters")),
        ModelShape.Satisfaction => new ModelForm.Satisfaction(model.Named("level")),
        ModelShape.Frustration => Frustration(model),
        ModelShape.PriceSensitivity => PriceSensitivity(model.Named("demand"), model.Of("parameters")),
        ModelShape.Formula => new ModelForm.Formula(model.Rule("expression")),
        _ => new ModelForm.ToBeFitted(),
    };

    private static ModelForm.Frustration Frustration(Fields model) => new(
        model.Number("background", 0.01), model.Number("backgroundUncertainty", 1),
        model.List("causes", cause => new FrustrationInput(
            cause.Named("feature"), cause.Number("weight"), cause.Number("uncertainty", 0.5))));

    private static ModelForm.PriceSensitivity PriceSensitivity(Named demand, Fields parameters) => new(
        demand, parameters.Number("intercept"), parameters.Number("elasticity"),
        parameters.Number("interceptVariance"), parameters.Number("elasticityVariance"),
        parameters.Number("covariance", 0), parameters.Number("noiseVariance"));

    private static PriorDefinition Prior(Fields prior) => new(
        prior.Number("value"), prior.Number("weight"), prior.Named("evidence"),
        prior.List("groups", group => new PriorGroupDefinition(group.Rule("when"), group.Number("value"))));

    private static TargetDefinition Target(Fields target) => new(
        target.Named("feature"), target.Word<TargetOutcome>("outcome"), target.Number("days"),
        target.RuleOrNull("among"));

    private static LogisticInput Input(Fields input) => new(
        input.Named("feature"), input.Number("weight"), input.Number("mean", 0), input.Number("scale", 1),
        input.NumberOrNull("missing"));

    // The probability of being alive looks at now: its horizon is never read, but stays above 0.
    private static ModelForm.BgNbd BgNbd(Fields model, Fields parameters) => new(
        model.Word<BgNbdOutput>("output"), model.Named("history"), model.Number("horizon", 1),
        parameters.Number("r"), parameters.Number("alpha"), parameters.Number("a"), parameters.Number("b"));

    private static ModelForm.GammaGamma GammaGamma(Fields model, Fields parameters) => new(
        model.Named("history"), parameters.Number("p"), parameters.Number("q"), parameters.Number("v"));
}
