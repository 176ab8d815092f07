using DToC.Published;
using DToC.Twin.Models.Text;
using Xunit.Abstractions;

namespace DToC.Learn.Tests.Text;

public class SentimentModelTests(ITestOutputHelper output)
{
    [DataFact]
    public void Shipped_model_finds_the_side_of_held_out_texts()
    {
        var folder = DataFactAttribute.Folder;
        var accuracy = SentimentModel.Accuracy(folder)[0];
        var rated = SentimentModel.AccuracyOf(LinearSentiment.Shipped, folder, leastRating: 0.5);
        output.WriteLine($"all {accuracy}, rated beyond 0.5: {rated}");
        Assert.InRange(accuracy, 0.8, 0.95);
    }

    [DataFact]
    public void Sureness_and_interval_hold_on_held_out_texts()
    {
        var (sure, right, inside, scored) = (0.0, 0, 0, 0);
        foreach (var row in SentimentModel.HeldOut(DataFactAttribute.Folder))
        {
            var mood = LinearSentiment.Shipped.Score(row.Text);
            if (!mood.HasSignal || row.Rating == 0) continue;
            scored++;
            sure += mood.Sureness;
            if (mood.Value * row.Rating > 0) right++;
            var interval = Assert.NotNull(mood.IntervalAt(0.9));
            if (interval.Low <= row.Rating / 4 && row.Rating / 4 <= interval.High) inside++;
        }
        output.WriteLine($"of {scored}: sure {sure / scored}, right {right}, in the interval {inside}");
        Assert.Equal((double)right / scored, sure / scored, 0.03);
        Assert.InRange((double)inside / scored, 0.86, 0.94);
    }
}
