using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Plan;

namespace DToC.Twin.Tests.Plan;

/// <summary>A level is folded by the numbers of the model that reads it.</summary>
public class FittedLevelTests
{
    private static readonly SatisfactionFilter Filter = new(
        0.1, 0.5, 0.01, 0.02, [new(5, 4, 2), new(3, 1.5, 1), new(3, 2, 0.5), new(0, 1, 0.3)]);

    [Fact]
    public void Level_of_a_fitted_model_has_its_numbers_and_is_folded_anew()
    {
        var own = Retail();
        var model = new SatisfactionModel(["mood.mean", "mood.variance", "mood.days"], Filter);
        var fitted = With(own, model);
        Assert.Equal(0.3, own.Fold.Levels.Single().Mean);
        var level = fitted.Fold.Levels.Single();
        Assert.Equal(
            (0.1, 0.5, 0.01, 0.02), (level.Mean, level.Variance, level.DriftPerDay, level.ReversionPerDay));
        Assert.Equal(Filter.Answers.ToArray(), level.Answers.ToArray());
        // What was folded by other numbers is none of this.
        Assert.Equal(own.Layout.Groups.Count, fitted.Layout.Groups.Count);
        Assert.Single(own.Layout.Groups, group => fitted.Layout.Find(group.Signature) is null);
        Assert.Equal(0.3, fitted.Definition.Features.Single(feature => feature.Name == "mood").Level?.Mean);
    }

    [Fact]
    public void Model_of_other_inputs_leaves_the_level_as_it_is()
    {
        var own = Retail();
        var fitted = With(own, new SatisfactionModel(["spend", "orders", "items"], Filter));
        Assert.All(own.Layout.Groups, group => Assert.NotNull(fitted.Layout.Find(group.Signature)));
    }

    private static TwinPlan Retail() => Plan(PlanSource.Read(ShippedDefinitions.Find("retail")!.Value));

    private static TwinPlan With(TwinPlan plan, SatisfactionModel model) =>
        Plan(plan.Source.With("satisfaction", ModelFile.Of(model).ToBytes()));

    private static TwinPlan Plan(PlanSource source) =>
        Assert.IsType<PlanCompilation.Compiled>(TwinPlan.Load(source, "retail")).Plan;
}
