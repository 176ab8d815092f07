using System.Buffers;
using System.Text.Json;
using DToC.Learn.Measures;
using DToC.Learn.Propensity;
using DToC.Twin.Draws;
using DToC.Twin.Models;

namespace DToC.Learn.Tests.Propensity;

public class FtrlLogisticTests
{
    [Fact]
    public void First_steps_are_those_of_the_paper()
    {
        var learner = new FtrlLogistic(["x"], new FtrlOptions(Alpha: 0.5, Beta: 1, L1: 0.2, L2: 0.1));
        Assert.Equal(0.5, learner.Learn([2], 1));
        // g = (0.5 - 1) 2 = -1, z = -1, n = 1: w = (1 - 0.2) / ((1 + 1) / 0.5 + 0.1); the intercept has no L1.
        var model = learner.Snapshot();
        Assert.Equal(0.8 / 4.1, model.Weights[0].Weight, 1e-12);
        Assert.Equal(0.5 / (1.5 / 0.5 + 0.1), model.Intercept, 1e-12);
        Assert.Equal(model.Score([-1]), learner.Learn([-1], 0), 1e-12);
    }

    [Fact]
    public void Learns_what_a_batch_finds_and_drops_what_says_nothing()
    {
        var random = new Xoshiro256(8);
        var learner = new FtrlLogistic(["x", "noise"], new FtrlOptions(L1: 300));
        var free = new FtrlLogistic(["x", "noise"], new FtrlOptions());
        for (var i = 0; i < 40_000; i++)
        {
            double[] inputs = [random.Normal(), random.Normal()];
            var outcome = random.NextUnit() < Logistic.Sigmoid(-1 + 0.8 * inputs[0]) ? 1 : 0;
            learner.Learn(inputs, outcome);
            free.Learn(inputs, outcome);
        }
        Assert.Equal(0, learner.Snapshot().Weights[1].Weight);
        Assert.True(learner.Snapshot().Weights[0].Weight > 0.2);
        Assert.NotEqual(0, free.Snapshot().Weights[1].Weight);
        Assert.InRange(free.Snapshot().Weights[0].Weight, 0.72, 0.88);
        Assert.InRange(free.Snapshot().Intercept, -1.08, -0.92);
    }

    [Fact]
    public void Forecasts_before_learning_beat_the_base_rate()
    {
        var random = new Xoshiro256(9);
        var learner = new FtrlLogistic(["x"], new FtrlOptions());
        var (forecasts, outcomes) = (new double[5_000], new double[5_000]);
        for (var i = 0; i < forecasts.Length; i++)
        {
            double[] inputs = [random.Normal()];
            outcomes[i] = random.NextUnit() < Logistic.Sigmoid(2 * inputs[0]) ? 1 : 0;
            forecasts[i] = learner.Learn(inputs, outcomes[i]);
        }
        Assert.InRange(Losses.LogLoss(forecasts, outcomes), 0.3, 0.5);
    }

    [Fact]
    public void Learner_that_was_stored_goes_on_the_same()
    {
        var random = new Xoshiro256(10);
        var learner = new FtrlLogistic(["x", "y"], new FtrlOptions(L1: 0.1));
        for (var i = 0; i < 100; i++) learner.Learn([random.Normal(), double.NaN], i % 2);
        var read = FtrlLogistic.Read(new ModelFields(JsonDocument.Parse(Stored(learner)).RootElement, "learner"));
        for (var i = 0; i < 100; i++)
        {
            double[] inputs = [random.Normal(), random.Normal()];
            Assert.Equal(learner.Learn(inputs, i % 3 / 2.0), read.Learn(inputs, i % 3 / 2.0));
        }
        Assert.Equal(Stored(learner), Stored(read));
    }

    [Fact]
    public void Missing_and_extreme_inputs_leave_it_finite()
    {
        var learner = new FtrlLogistic(["x"], new FtrlOptions());
        foreach (var value in new[] { double.NaN, double.PositiveInfinity, double.MaxValue, -1e300, 0, 1 })
            for (var i = 0; i < 10; i++) Assert.InRange(learner.Learn([value], i % 2), 0, 1);
        Assert.True(double.IsFinite(learner.Snapshot().Weights[0].Weight));
        Assert.Throws<ArgumentException>(() => learner.Learn([1], double.NaN));
        Assert.Throws<ArgumentException>(() => new FtrlLogistic(["x"], new FtrlOptions(Alpha: 0)));
    }

    private static byte[] Stored(FtrlLogistic learner)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            learner.Write(writer);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
