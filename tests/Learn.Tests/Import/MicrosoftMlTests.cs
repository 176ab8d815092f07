using DToC.Learn.Import;
using DToC.Twin.Draws;
using DToC.Twin.Models;

namespace DToC.Learn.Tests.Import;

/// <summary>
/// ONNX as Microsoft.ML writes it (its <c>SaveAsOnnx</c> methods): single columns joined by FeatureVectorizer and Cast,
/// normalised by a Scaler, a model that gives the Score, Mul, Add and Sigmoid for the Platt calibrator's Probability,
/// Binarizer and Cast for the PredictedLabel, and an Identity for each column that goes out.
/// </summary>
public class MicrosoftMlTests
{
    private const float Slope = 0.7f;
    private const float Offset = -0.25f;

    private static readonly float[] Offsets = [18.25f, 0.1f];
    private static readonly float[] Scales = [0.0137f, -3.3f];

    [Fact]
    public void Calibrated_boosted_trees_give_the_probability_with_the_columns_own_names()
    {
        var read = ModelImport.Read(Calibrated(Scaled([], Trees("Features0"))));
        Assert.Equal(["Age", "Visits"], read.Model.Inputs);
        Assert.StartsWith("ONNX TreeEnsembleRegressor of ML.NET", read.Card.Origin);
        (double, double)[] rows = [(20, 1), (60, 1), (60, 0), (20, 0), (40, -0.05), (1e9, -1e9)];
        foreach (var (age, visits) in rows)
        {
            var expected = Expected(age, visits);
            Assert.Equal(expected, read.Model.Score([age, visits]), 1e-6);
            Assert.Equal(Math.Log(expected / (1 - expected)), read.Model.Explain([age, visits]).Total, 1e-4);
        }
    }

    [Fact]
    public void Filled_gaps_go_where_their_filling_goes()
    {
        var imputer = OnnxBytes.Node("Imputer", ["Features"], ["Filled"])
            .Attribute("replaced_value_float", float.NaN).Attribute("imputed_value_floats", [60f, 1]);
        var model = ModelImport.Read(Calibrated(Scaled([imputer], Trees("Features0"), "Filled"))).Model;
        Assert.Equal(Expected(60, 1), model.Score([double.NaN, double.NaN]), 1e-6);
        Assert.Equal(Expected(20, 1), model.Score([20, double.NaN]), 1e-6);

        var linear = ModelImport.Read(Calibrated(Scaled([imputer], Linear("Features0"), "Filled"))).Model;
        Assert.Equal(linear.Score([60, 1]), linear.Score([double.NaN, double.NaN]), 1e-7);
    }

    [Fact]
    public void Calibrated_logistic_regression_behind_a_scaler_is_one_linear_model()
    {
        var model = ModelImport.Read(Calibrated(Scaled([], Linear("Features0")))).Model;
        var score = 2 * (30 - Offsets[0]) * Scales[0] - 0.5 * (3 - Offsets[1]) * Scales[1] + 0.125;
        Assert.Equal(Logistic.Sigmoid(Slope * score + Offset), model.Score([30, 3]), 1e-7);
    }

    [Theory]
    [InlineData("Div", "NumTrees", 2.0)]
    [InlineData("Exp", null, 2.0)]
    public void Forests_and_Tweedie_models_give_their_own_score(string type, string? constant, double number)
    {
        string[] inputs = constant is null ? ["Raw"] : ["Raw", constant];
        var graph = OnnxBytes.Graph(
                Trees("X", "Raw"), OnnxBytes.Node(type, inputs, ["Score"], ""),
                OnnxBytes.Node("Identity", ["Score"], ["Score.output"], ""))
            .Input("X", 2).Results("Score.output").Constant("NumTrees", (float)number);
        var model = ModelImport.Read(graph.ToModel("ML.NET", 2)).Model;
        var raw = 1.5 - 0.25;
        Assert.Equal(type == "Div" ? raw / number : Math.Exp(raw), model.Score([1, 0]), 1e-6);
    }

    [Fact]
    public void Dropped_slots_and_single_classes_are_chosen_by_place()
    {
        var graph = OnnxBytes.Graph(
                OnnxBytes.Node("GatherElements", ["X", "Slots"], ["Kept"], "").Attribute("axis", 1),
                OnnxBytes.Node("LinearClassifier", ["Kept"], ["Label", "Scores"])
                    .Attribute("classlabels_ints", [1L, 2, 3]).Attribute("multi_class", 1)
                    .Attribute("coefficients", [1f, 0, 0, 1, 1, 1]).Attribute("intercepts", [0f, 0, 0])
                    .Attribute("post_transform", "SOFTMAX"),
                OnnxBytes.Node("ArrayFeatureExtractor", ["Scores", "Second"], ["Score"]))
            .Input("X", 4).Results("Score").Places("Slots", 3, 1).Places("Second", 1);
        var bytes = graph.ToModel("ML.NET", 2);
        var model = ModelImport.Read(bytes).Model;
        Assert.Equal(["X3", "X1"], model.Inputs);
        var (a, b, c) = (Math.Exp(0.5), Math.Exp(2), Math.Exp(2.5));
        Assert.Equal(b / (a + b + c), model.Score([0.5, 2]), 1e-7);
        var wrong = Assert.Throws<InvalidDataException>(() => ModelImport.Read(bytes, new() { Output = 0 }));
        Assert.Contains("takes 1 itself", wrong.Message);
    }

    [Fact]
    public void Trees_behind_any_scaler_send_every_number_where_the_runtime_does()
    {
        var random = new Xoshiro256(44);
        foreach (var mode in (string[])["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"])
        {
            for (var round = 0; round < 200; round++)
            {
                var (offset, scale) = (Number(), Number());
                var threshold = (round % 3) switch { 0 => Number(), 1 => (Number() - offset) * scale, _ => 0 };
                var trees = OneSplit(mode, threshold);
                var scaler = OnnxBytes.Node("Scaler", ["X"], ["V"])
                    .Attribute("offset", [offset]).Attribute("scale", [scale]);
                var model = ModelImport.Read(OnnxBytes.Model(1, scaler, trees)).Model;
                var near = threshold / scale + offset;
                for (var step = -20; step <= 20; step++)
                {
                    var x = step is > -15 and < 15 ? near : Number();
                    for (var n = 0; n < Math.Abs(step); n++)
                        x = step < 0 ? MathF.BitDecrement(x) : MathF.BitIncrement(x);
                    if (!float.IsFinite(x)) continue;
                    var v = (x - offset) * scale;
                    var isLeft = mode switch
                    {
                        "BRANCH_LEQ" => v <= threshold, "BRANCH_LT" => v < threshold,
                        "BRANCH_GTE" => v >= threshold, _ => v > threshold,
                    };
                    Assert.Equal(isLeft ? 1 : 2, model.Score([x]));
                }
            }
        }

        // Of all sizes, and of either sign.
        float Number() => (float)((random.NextUnit() - 0.5) * Math.Pow(10, random.NextUnit() * 12 - 6));
    }

    [Fact]
    public void What_is_not_known_is_named()
    {
        Refused("Cast: one to type 7", Trees("X"), Plain("Cast", "Score").Attribute("to", 7));
        Refused("'com.microsoft.Sigmoid' behind", Trees("X"), OnnxBytes.Node(
            "Sigmoid", ["Score"], ["Z"], "com.microsoft"));
        Refused("'LpNormalization' before", Plain("LpNormalization", "X", "V"), Trees("V"));
        Refused("'Normalizer' before", OnnxBytes.Node("Normalizer", ["X"], ["V"]), Trees("V"));
        Refused("Concat: one along axis 0", Plain("Concat", "X", "V").Attribute("axis", 0), Trees("V"));
        Refused("several scores", Trees("X"), Plain("Exp", "Score", "A"), Plain("Sigmoid", "Score", "B"));
        Refused("'X0': Multiply by 0",
            OnnxBytes.Node("Scaler", ["X"], ["V"]).Attribute("scale", [0f, 1]), Trees("V"));
        Refused("'Exp' behind Sigmoid", Trees("X"), Plain("Sigmoid", "Score", "P"), Plain("Exp", "P"));
        Refused("FeatureVectorizer: 2 columns come, 3",
            OnnxBytes.Node("FeatureVectorizer", ["X"], ["V"]).Attribute("inputdimensions", [3L]), Trees("V"));
        Refused("Mul: what it reads at place 1 is no constant",
            Trees("X"), OnnxBytes.Node("Mul", ["Score", "X"], ["Z"], ""));

        static OnnxBytes Plain(string type, string from, string into = "Z") =>
            OnnxBytes.Node(type, [from], [into], "");

        static void Refused(string why, params OnnxBytes[] nodes)
        {
            var bytes = OnnxBytes.Graph(nodes).Input("X", 2).ToModel("ML.NET", 2);
            Assert.Contains(why, Assert.Throws<InvalidDataException>(() => ModelImport.Read(bytes)).Message);
        }
    }

    // What onnxruntime computes: the scaler in 32 bits, the trees' sum, then the calibrator.
    private static double Expected(double age, double visits)
    {
        var first = ((float)age - Offsets[0]) * Scales[0];
        var second = ((float)visits - Offsets[1]) * Scales[1];
        var score = (first <= 0.3f ? 1.5f : -2) + (second <= 0.5f ? -0.25f : 0.75f);
        return Logistic.Sigmoid(Slope * score + Offset);
    }

    private static OnnxBytes[] Scaled(OnnxBytes[] before, OnnxBytes model, string value = "Features") =>
    [
        OnnxBytes.Node("FeatureVectorizer", ["Age", "Visits"], ["Joined"]).Attribute("inputdimensions", [1L, 1]),
        OnnxBytes.Node("Cast", ["Joined"], ["Features"], "").Attribute("to", 1),
        .. before,
        OnnxBytes.Node("Scaler", [value], ["Features0"]).Attribute("offset", Offsets).Attribute("scale", Scales),
        model,
    ];

    private static byte[] Calibrated(OnnxBytes[] nodes) => OnnxBytes.Graph(
    [
        .. nodes,
        OnnxBytes.Node("Mul", ["Score", "Slope"], ["MulNodeOutput"], ""),
        OnnxBytes.Node("Add", ["MulNodeOutput", "Offset"], ["linearOutput"], ""),
        OnnxBytes.Node("Sigmoid", ["linearOutput"], ["Probability"], ""),
        OnnxBytes.Node("Binarizer", ["Score"], ["BinarizerOutput"]).Attribute("threshold", 0f),
        OnnxBytes.Node("Cast", ["BinarizerOutput"], ["PredictedLabel"], "").Attribute("to", 9),
        .. ((string[])["Age", "Visits", "Features0", "PredictedLabel", "Score", "Probability"])
            .Select(name => OnnxBytes.Node("Identity", [name], [$"{name}.output"], "")),
    ])
        .Constant("Slope", Slope).Constant("Offset", Offset).Input("Label", 1).Input("Age", 1).Input("Visits", 1)
        .Results("Age.output", "Visits.output", "PredictedLabel.output", "Score.output", "Probability.output")
        .ToModel("ML.NET", 2);

    private static OnnxBytes Linear(string input) => OnnxBytes.Node("LinearRegressor", [input], ["Score"])
        .Attribute("post_transform", "NONE").Attribute("targets", 1)
        .Attribute("coefficients", [2f, -0.5f]).Attribute("intercepts", [0.125f]);

    // Two trees of one split each: column 0 at 0.3, column 1 at 0.5.
    private static OnnxBytes Trees(string input, string output = "Score") =>
        OnnxBytes.Node("TreeEnsembleRegressor", [input], [output])
            .Attribute("post_transform", "NONE").Attribute("n_targets", 1).Attribute("base_values", [0f])
            .Attribute("aggregate_function", "SUM")
            .Attribute("nodes_treeids", [0L, 0, 0, 1, 1, 1]).Attribute("nodes_nodeids", [0L, 1, 2, 0, 1, 2])
            .Attribute("nodes_featureids", [0L, 0, 0, 1, 0, 0])
            .Attribute("nodes_modes", (string[])["BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"])
            .Attribute("nodes_values", [input == "X" ? 30f : 0.3f, 0, 0, 0.5f, 0, 0])
            .Attribute("nodes_truenodeids", [1L, 0, 0, 1, 0, 0]).Attribute("nodes_falsenodeids", [2L, 0, 0, 2, 0, 0])
            .Attribute("nodes_missing_value_tracks_true", [0L, 0, 0, 0, 0, 0])
            .Attribute("target_treeids", [0L, 0, 1, 1]).Attribute("target_nodeids", [1L, 2, 1, 2])
            .Attribute("target_ids", [0L, 0, 0, 0]).Attribute("target_weights", [1.5f, -2, -0.25f, 0.75f]);

    private static OnnxBytes OneSplit(string mode, float threshold) =>
        OnnxBytes.Node("TreeEnsembleRegressor", ["V"], ["Score"])
            .Attribute("nodes_treeids", [0L, 0, 0]).Attribute("nodes_nodeids", [0L, 1, 2])
            .Attribute("nodes_featureids", [0L, 0, 0]).Attribute("nodes_modes", (string[])[mode, "LEAF", "LEAF"])
            .Attribute("nodes_values", [threshold, 0, 0]).Attribute("nodes_truenodeids", [1L, 0, 0])
            .Attribute("nodes_falsenodeids", [2L, 0, 0]).Attribute("target_treeids", [0L, 0])
            .Attribute("target_nodeids", [1L, 2]).Attribute("target_ids", [0L, 0]).Attribute("target_weights", [1f, 2]);
}
