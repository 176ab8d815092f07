using System.Text;
using DToC.Twin.Draws;
using DToC.Twin.Models;

namespace DToC.Twin.Tests.Models;

/// <summary>What holds for every model, of every kind.</summary>
public class ModelBatteryTests
{
    private static readonly double[] Extremes =
    [
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.MinValue,
        double.Epsilon, -double.Epsilon, 0, -1, 1e-300, 1e18,
    ];

    public static TheoryData<string> Names => [.. SampleModels.All.Keys];

    [Fact]
    public void Every_kind_has_a_sample() =>
        Assert.Empty(ModelKinds.Words.Except(SampleModels.All.Values.Select(s => s.Model.Kind)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Stored_model_reads_back_as_the_same(string name)
    {
        var (model, vectors) = SampleModels.All[name];
        var stored = ModelFile.Of(model).ToBytes();
        var read = ModelFile.Read(stored);
        Assert.Equal(stored, read.ToBytes());
        foreach (var vector in vectors)
        {
            Assert.Equal(model.Score(vector), read.Model.Score(vector));
            Assert.Equal(model.IntervalOf(vector, 0.9), read.Model.IntervalOf(vector, 0.9));
            Assert.Equal(model.Explain(vector).Contributions, read.Model.Explain(vector).Contributions);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Key_that_is_not_known_is_refused_by_name(string name)
    {
        var stored = Encoding.UTF8.GetString(ModelFile.Of(SampleModels.All[name].Model).ToBytes());
        var place = stored.IndexOf("\"parameters\": {", StringComparison.Ordinal) + "\"parameters\": {".Length;
        var comma = stored[place] == '}' ? "" : ",";
        var refusal = Assert.Throws<InvalidDataException>(
            () => ModelFile.Read(Encoding.UTF8.GetBytes(stored.Insert(place, "\"mood\": 1" + comma))));
        Assert.Contains("'mood'", refusal.Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Score_is_a_number_and_the_same_each_time(string name)
    {
        var (model, vectors) = SampleModels.All[name];
        foreach (var vector in vectors)
        {
            Assert.True(double.IsFinite(model.Score(vector)));
            Assert.Equal(model.Score(vector), model.Score(vector));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Reasons_add_up_to_the_score(string name)
    {
        var (model, vectors) = SampleModels.All[name];
        foreach (var vector in vectors)
        {
            var why = model.Explain(vector);
            Assert.Equal(model.Inputs.Count, why.Contributions.Count);
            Assert.Equal(model.Scale, why.Scale);
            var score = why.Scale switch
            {
                ReasonScale.LogOdds => Logistic.Sigmoid(why.Total),
                ReasonScale.Log => Math.Exp(why.Total),
                _ => why.Total,
            };
            Assert.Equal(model.Score(vector), score, 1e-9 * Math.Max(1, Math.Abs(score)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Interval_grows_with_its_level(string name)
    {
        var (model, vectors) = SampleModels.All[name];
        foreach (var vector in vectors)
        {
            if (model.IntervalOf(vector, 0.5) is not { } half) continue;
            var most = Assert.NotNull(model.IntervalOf(vector, 0.95));
            Assert.True(half.Low <= half.High && half.High - half.Low <= most.High - most.Low);
            Assert.True(double.IsFinite(most.Low) && double.IsFinite(most.High));
            Assert.InRange(model.Score(vector), half.Low, half.High);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Missing_and_extreme_inputs_throw_nothing(string name)
    {
        var (model, vectors) = SampleModels.All[name];
        var random = new Xoshiro256(7);
        for (var round = 0; round < 500; round++)
        {
            var vector = vectors[round % vectors.Length].ToArray();
            for (var i = 0; i < vector.Length; i++)
            {
                if (random.NextUnit() < 0.5) vector[i] = Extremes[(int)(random.NextUnit() * Extremes.Length)];
            }
            var score = model.Score(vector);
            Assert.False(double.IsInfinity(score), $"{score} of {string.Join(' ', vector)}");
            if (model.Scale == ReasonScale.LogOdds && !double.IsNaN(score)) Assert.InRange(score, 0, 1);
            if (round % 10 > 0) continue;
            Assert.Equal(vector.Length, model.Explain(vector).Contributions.Count);
            if (model.IntervalOf(vector, 0.9) is { } interval)
                Assert.True(double.IsFinite(interval.Low) && double.IsFinite(interval.High));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Scoring_allocates_nothing(string name)
    {
        var (model, vectors) = SampleModels.All[name];
        var sum = 0.0;
        Allocation.IsNone(() =>
        {
            foreach (var vector in vectors) sum += model.Score(vector);
        });
        Assert.True(double.IsFinite(sum));
    }
}
