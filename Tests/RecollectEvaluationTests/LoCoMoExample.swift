/// A small file in the form of LoCoMo: two friends, three sessions, seven questions.
enum LoCoMoExample {
    static let conversation = """
        {
          "sample_id": "made-up",
          "conversation": {
            "speaker_a": "Ada", "speaker_b": "Ben",
            "session_1_date_time": "9:05 am on 3 March, 2024",
            "session_1": [
              {"speaker": "Ada", "dia_id": "D1:1", "text": "I adopted a greyhound called Comet."},
              {"speaker": "Ben", "dia_id": "D1:2", "text": "Lovely! Where from?"},
              {"speaker": "Ada", "dia_id": "D1:3", "text": "From the shelter in Leeds.", "blip_caption": "a dog on a sofa"}
            ],
            "session_2_date_time": "12:30 am on 14 July 2024",
            "session_2": [
              {"speaker": "Ben", "dia_id": "D2:1", "text": "My sourdough won a prize at the fair."},
              {"speaker": "Ada", "dia_id": "D2:2", "text": "Congratulations, what did you get?"},
              {"speaker": "Ben", "dia_id": "D2:3", "text": "A copper kettle."}
            ],
            "session_3_date_time": "12:15 pm on 1 August, 2024",
            "session_3": [
              {"speaker": "Ada", "dia_id": "D3:1", "text": "We are moving to Norway in autumn."}
            ],
            "session_4_date_time": "1:00 pm on 2 August, 2024"
          },
          "observation": {
            "session_1_observation": {
              "Ada": [["Ada has a greyhound named Comet.", "D1:1"], ["Comet comes from a shelter in Leeds.", ["D1:2", "D1:3"]]]
            },
            "session_2_observation": {
              "Ben": [["Ben's sourdough won a copper kettle.", "D2:1, D2:3"]],
              "Ada": [["  ", "D2:2"]]
            },
            "session_3_observation": {"Ada": [["Ada is moving to Norway.", "D3:1"]]}
          },
          "session_summary": {
            "session_1_summary": "Ada told Ben about her greyhound Comet from Leeds.",
            "session_2_summary": "Ben won a kettle with his sourdough.",
            "session_3_summary": "Ada is moving to Norway."
          },
          "qa": [
            {"question": "What is the name of Ada's greyhound?", "answer": "Comet", "evidence": ["D1:1"], "category": 4},
            {"question": "What did Ben win with his sourdough, and where?", "answer": "kettle", "evidence": ["D2:1", "D2:3"], "category": 1},
            {"question": "When did Ada say that she is moving to Norway?", "answer": 2024, "evidence": ["D3:1"], "category": 2},
            {"question": "Does Ada like animals?", "answer": "yes", "evidence": ["D1:1", "D:1:2"], "category": 3},
            {"question": "Which prize did Ada's sourdough win?", "adversarial_answer": "kettle", "evidence": ["D2:3"], "category": 5},
            {"question": "Where does Comet come from?", "answer": "Leeds", "evidence": ["D1:3"], "category": 4},
            {"question": "What is Ben's dog called?", "adversarial_answer": "Comet", "category": 5}
          ]
        }
        """

    static let file = "[\(conversation)]"
}
