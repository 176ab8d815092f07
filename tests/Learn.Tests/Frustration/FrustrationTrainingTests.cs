using DToC.Learn.Frustration;
using DToC.Twin.Draws;
using DToC.Twin.Models.Frustration;

namespace DToC.Learn.Tests.Frustration;

public class FrustrationTrainingTests
{
    private static readonly FrustrationCause Prior = new("", 1.2, 6);

    [Fact]
    public void Weights_are_found_again()
    {
        var model = FrustrationTraining.Of(["payments", "calls"], Cases(20_000, 0.05, 0.4, 0.1), Prior);
        Assert.Equal(0.05, model.Background.Shape / model.Background.Rate, 0.02);
        Assert.Equal(0.4, model.Causes[0].Shape / model.Causes[0].Rate, 0.05);
        Assert.Equal(0.1, model.Causes[1].Shape / model.Causes[1].Rate, 0.03);
    }

    [Fact]
    public void More_cases_make_it_surer()
    {
        var few = FrustrationTraining.Of(["payments", "calls"], Cases(500, 0.05, 0.4, 0.1), Prior);
        var many = FrustrationTraining.Of(["payments", "calls"], Cases(20_000, 0.05, 0.4, 0.1), Prior);
        Assert.True(Width(many) < Width(few) / 3);

        static double Width(FrustrationModel model)
        {
            var interval = Assert.NotNull(model.IntervalOf([1, 1], 0.9));
            return interval.High - interval.Low;
        }
    }

    [Fact]
    public void Cause_that_nobody_met_keeps_what_was_believed_of_it()
    {
        List<FrustrationCase> cases =
            [.. Cases(5_000, 0.05, 0.4).Select(one => one with { Amounts = [one.Amounts[0], 0] })];
        var model = FrustrationTraining.Of(cases, Prior, [Prior with { Name = "payments" }, new("floods", 11, 22)]);
        Assert.Equal(0.4, model.Causes[0].Shape / model.Causes[0].Rate, 0.08);
        Assert.Equal("floods", model.Causes[1].Name);
        // The most probable of Gamma(11, 22), and its curvature there.
        Assert.Equal(10 / 22.0, model.Causes[1].Shape / model.Causes[1].Rate, 1e-6);
        Assert.Equal(10, model.Causes[1].Shape, 1e-6);
    }

    [Fact]
    public void One_outcome_alone_teaches_nothing()
    {
        var calm = Enumerable.Repeat(new FrustrationCase([1, 1], false), 100).ToList();
        Assert.Throws<ArgumentException>(() => FrustrationTraining.Of(["payments", "calls"], calm, Prior));
        Assert.Throws<ArgumentException>(() => FrustrationTraining.Of(["payments"], Cases(100, 0.2, 0.4, 0.1), Prior));
    }

    private static List<FrustrationCase> Cases(int count, double background, params double[] weights)
    {
        var random = new Xoshiro256(8);
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                double[] amounts = [.. weights.Select(_ => random.NextUnit() < 0.5 ? 0 : random.Exponential())];
                var hazard = background + amounts.Zip(weights, (a, w) => a * w).Sum();
                return new FrustrationCase(amounts, random.NextUnit() < 1 - Math.Exp(-hazard));
            }),
        ];
    }
}
