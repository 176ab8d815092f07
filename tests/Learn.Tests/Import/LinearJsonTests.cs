using System.Text;
using DToC.Learn.Import;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Learn.Tests.Import;

public class LinearJsonTests
{
    private const string Json = """
        { "linear": 1, "link": "sigmoid", "inputs": ["age", "visits"], "intercept": -1.5, "weights": [0.2, 0.4],
          "means": [40, 3], "scales": [10, 2] }
        """;

    [Fact]
    public void Standardised_weights_make_a_model_of_raw_inputs()
    {
        var file = ModelImport.Read(Encoding.UTF8.GetBytes(Json));
        Assert.Equal(Logistic.Sigmoid(-1.5 + 0.2 * 2 + 0.4), file.Model.Score([60, 5]), 1e-12);
        Assert.Equal(Logistic.Sigmoid(-1.5 + 0.4), file.Model.Score([double.NaN, 5]), 1e-12);
        Assert.Equal(-1.5, file.Model.Explain([60, 5]).Baseline, 1e-12);
        Assert.Equal(file.ToBytes(), ModelFile.Read(file.ToBytes()).ToBytes());
    }

    [Fact]
    public void Classes_have_a_softmax()
    {
        const string json = """
            { "linear": 1, "link": "softmax", "inputs": ["x"], "outputs": [
              { "intercept": 0, "weights": [1] }, { "intercept": 1, "weights": [0] },
              { "intercept": 0, "weights": [2] } ] }
            """;
        var bytes = Encoding.UTF8.GetBytes(json);
        var expected = Math.Exp(2) / (Math.Exp(1) + Math.Exp(1) + Math.Exp(2));
        Assert.Equal(expected, ModelImport.Read(bytes, new ImportOptions { Output = 2 }).Model.Score([1]), 1e-12);
        Assert.Contains("name the one", Assert.Throws<InvalidDataException>(() => ModelImport.Read(bytes)).Message);
    }

    [Fact]
    public void What_is_not_known_is_named()
    {
        Refused("'mood'", Json.Replace("\"link\"", "\"mood\": 1, \"link\""));
        Refused("version 2", Json.Replace("\"linear\": 1", "\"linear\": 2"));
        Refused("'probit'", Json.Replace("sigmoid", "probit"));
        Refused("3 numbers for 2", Json.Replace("[0.2, 0.4]", "[0.2, 0.4, 1]"));

        static void Refused(string why, string json)
        {
            var wrong = Assert.Throws<InvalidDataException>(() => ModelImport.Read(Encoding.UTF8.GetBytes(json)));
            Assert.Contains(why, wrong.Message);
        }
    }

    [Fact]
    public void Mark_of_utf_8_before_the_text_is_passed_over()
    {
        byte[] marked = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Json)];
        Assert.Equal(
            ModelImport.Read(Encoding.UTF8.GetBytes(Json)).ToBytes(), ModelImport.Read(marked).ToBytes());
    }

    [Fact]
    public void Refusals_are_in_the_words_of_the_file()
    {
        var huge = Json.Replace("-1.5", "1e200", StringComparison.Ordinal);
        var wrong = Assert.Throws<InvalidDataException>(() => ModelImport.Read(Encoding.UTF8.GetBytes(huge)));
        Assert.Contains("intercept", wrong.Message);
        Assert.DoesNotContain("Parameter", wrong.Message);
    }

    [Fact]
    public void Document_says_how_large_a_file_may_be()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "DToC.sln"))) root = root.Parent!; // built inside of it
        var page = File.ReadAllText(Path.Combine(root.FullName, "docs", "importing-models.md"));
        Assert.Contains($"Limits: {ModelImport.MaxBytes >> 20} MiB,", page);
    }

    [Fact]
    public void Check_tells_how_far_a_model_is_from_what_was_expected()
    {
        var model = ModelImport.Read(Encoding.UTF8.GetBytes(Json)).Model;
        var rows = RowFile.Read("visits,name,age\n5,1,60\n3,1,\n").For(model.Inputs);
        Assert.Equal([60, 5], rows[0]);
        double[] expected = [Logistic.Sigmoid(-0.7), Logistic.Sigmoid(-1.5) + 0.01];
        var result = ImportCheck.Run(model, rows, expected, 1e-6);
        Assert.Equal((2, 1, 1), (result.Rows, result.Beyond, result.WorstRow));
        Assert.Equal(0.01, result.MaxAbsolute, 1e-9);
        Assert.False(result.IsPassed);
        Assert.True(ImportCheck.Run(model, rows, expected, 0.02).IsPassed);
    }

    [Fact]
    public void Score_where_none_or_no_number_was_expected_is_as_far_off_as_can_be()
    {
        var model = ModelImport.Read(Encoding.UTF8.GetBytes(Json)).Model;
        var unsaid = new PurchaseForecast<BgNbd>(
            new BgNbd(0.5, 9, 0.8, 2.4),
            new PurchaseQuestion { Output = PurchaseOutput.ProbabilityAlive }, ["x", "tx", "T"]);
        foreach (var expected in (double[])[double.NaN, double.PositiveInfinity])
        {
            var result = ImportCheck.Run(model, [[60, 5]], [expected], 1e-6);
            Assert.Equal((1, 1, 0), (result.Rows, result.Beyond, result.WorstRow));
            Assert.Equal(double.PositiveInfinity, result.MaxAbsolute);
        }
        Assert.True(ImportCheck.Run(unsaid, [[double.NaN, 1, 2]], [double.NaN], 1e-6).IsPassed);
    }

    [Fact]
    public void Rows_of_libsvm_are_read_by_place()
    {
        var file = RowFile.Read("1 0:2 3:-1e-6\n0 1:5\n", width: 4, absent: 0);
        Assert.Equal([2, 0, 0, -1e-6], file.Rows[0]);
        Assert.Equal([0, 5, 0, 0], file.Rows[1]);
        Assert.Contains("'x:5'", Assert.Throws<InvalidDataException>(() => RowFile.Read("1 0:1\n1 x:5")).Message);
        Assert.Contains("Row 2", Assert.Throws<InvalidDataException>(() => RowFile.Read("1,2\n1,2,3")).Message);
    }
}
