using DToC.Learn.Import;
using DToC.Published;
using Xunit.Abstractions;

namespace DToC.Learn.Tests.Import;

public class PublishedTreeTests(ITestOutputHelper output)
{
    [DataFact]
    public void LightGbm_models_predict_what_LightGbm_does()
    {
        foreach (var published in TreeModels.LightGbm)
        {
            var (_, relative) = published.Differences(DataFactAttribute.Folder);
            output.WriteLine($"{published}: {relative}");
            Assert.InRange(relative, 0, 1e-12);
        }
    }

    [DataFact]
    public void LightGbm_rows_end_in_the_leaves_LightGbm_says() =>
        Assert.Equal(57, TreeModels.CheckLeaves(DataFactAttribute.Folder));

    [DataFact]
    public void XgBoost_models_predict_what_XgBoost_does_in_every_form()
    {
        foreach (var published in TreeModels.XgBoost)
        {
            var bytes = File.ReadAllBytes(DataFactAttribute.Folder.File($"tree_models/{published.Model}"));
            var legacy = LegacyXgBoost.Read(bytes);
            foreach (var form in (byte[][])[bytes, legacy.ToJson(), legacy.ToUbj()])
            {
                var (absolute, _) = published.Differences(DataFactAttribute.Folder, form);
                output.WriteLine($"{published}: {absolute}");
                Assert.InRange(absolute, 0, 1e-5);
            }
        }
    }

    [DataFact]
    public void Weights_of_dart_count_each_tree_so_much()
    {
        var bytes = File.ReadAllBytes(DataFactAttribute.Folder.File("tree_models/xg_dart_agaricus.model"));
        var options = new ImportOptions { Link = Twin.Models.MarginLink.Identity };
        var weights = Enumerable.Range(0, 20).Select(i => 1 / (i + 1f)).ToArray();
        var dart = ModelImport.Read(LegacyXgBoost.Read(bytes).ToDart(weights), options).Model;
        var upTo = Enumerable.Range(1, 20)
            .Select(rounds => ModelImport.Read(bytes, options with { Rounds = rounds }).Model).ToList();
        var rows = TreeModels.Read(DataFactAttribute.Folder, "agaricus_test.libsvm", dart.Inputs.Count);
        foreach (var row in rows.For(dart.Inputs).Take(50))
        {
            // The base margin is 0.
            var (expected, before) = (0.0, 0.0);
            for (var t = 0; t < upTo.Count; t++)
            {
                var sum = upTo[t].Score(row);
                expected += weights[t] * (sum - before);
                before = sum;
            }
            Assert.Equal(expected, dart.Score(row), 1e-5);
        }
    }
}
