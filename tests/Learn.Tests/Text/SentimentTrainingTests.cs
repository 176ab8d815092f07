using DToC.Learn.Text;
using DToC.Twin.Draws;

namespace DToC.Learn.Tests.Text;

public class SentimentTrainingTests
{
    private static readonly string[] Good = ["splendid", "lovely", "superb"];
    private static readonly string[] Bad = ["dreadful", "nasty", "broken"];
    private static readonly string[] Plain = ["chair", "table", "window", "garden", "river", "letter"];

    [Fact]
    public void Words_of_either_side_are_learnt_and_negations_turn_them()
    {
        var model = new SentimentTraining().Of(Texts());
        Assert.InRange(model.Score("a superb window").Value, 0.2, 1);
        Assert.InRange(model.Score("a nasty window").Value, -1, -0.2);
        Assert.InRange(model.Score("a not superb window").Value, -1, 0.1);
        Assert.False(model.Score("zzz qqq").HasSignal);
        var sure = model.Score("a superb window").Sureness;
        Assert.True(sure > 0.9, $"{sure} by {model.Scales}");
    }

    [Fact]
    public void Same_texts_give_the_same_bytes() =>
        Assert.Equal(new SentimentTraining().Of(Texts()).ToBytes(), new SentimentTraining().Of(Texts()).ToBytes());

    [Fact]
    public void Features_are_as_many_as_allowed()
    {
        var model = new SentimentTraining { MaxFeatures = 20 }.Of(Texts());
        Assert.Equal(20, model.Count);
        var texts = Texts();
        var right = texts.Count(text => model.Score(text.Text).Value * text.Rating > 0);
        Assert.InRange(right, 0.8 * texts.Count, texts.Count);
    }

    [Fact]
    public void Too_few_texts_are_refused() =>
        Assert.Throws<ArgumentException>(() => new SentimentTraining().Of([new RatedSample("good", 1)]));

    private static List<RatedSample> Texts()
    {
        var random = new Xoshiro256(3);
        var texts = new List<RatedSample>();
        for (var i = 0; i < 400; i++)
        {
            var words = i % 2 == 0 ? Good : Bad;
            var word = words[(int)(random.NextUnit() * words.Length)];
            var thing = Plain[(int)(random.NextUnit() * Plain.Length)];
            var isTurned = i % 5 == 0;
            var side = (i % 2 == 0) != isTurned ? 1 : -1;
            texts.Add(new RatedSample($"a {(isTurned ? "not " : "")}{word} {thing}", 0.6 * side));
        }
        return texts;
    }
}
