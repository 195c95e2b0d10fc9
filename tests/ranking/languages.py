"""Statements and questions in eight languages that share words, for a model that knows English best.

Each language has statements, and questions with the place of the statement that answers.
"""

LANGUAGES: dict[str, tuple[list[str], list[tuple[str, int]]]] = {
    "German": (
        ["Meine Schwester Jana wohnt in Köln.", "Ich bin allergisch gegen Erdnüsse.", "Unser Hund heißt Bruno.",
         "Im März habe ich den Führerschein bestanden.", "Mein Lieblingsgericht ist Grünkohl.", "Ich arbeite im Krankenhaus."],
        [("Wo wohnt meine Schwester?", 0), ("Wogegen bin ich allergisch?", 1), ("Wie heißt unser Hund?", 2),
         ("Wann habe ich den Führerschein gemacht?", 3)],
    ),
    "French": (
        ["Ma sœur Élodie habite à Besançon.", "Je suis allergique aux noix.", "Notre chienne s'appelle Praline.",
         "J'ai réussi mon permis en février.", "Mon plat préféré est la ratatouille.", "Je travaille à l'hôpital."],
        [("Où habite ma soeur Elodie ?", 0), ("À quoi suis-je allergique ?", 1), ("Comment s'appelle notre chienne ?", 2),
         ("Quel est mon plat prefere ?", 4)],
    ),
    "Spanish": (
        ["Mi hermana vive en Cádiz.", "Soy alérgico al marisco.", "Nuestro perro se llama Trueno.",
         "Aprobé el examen de conducir en mayo.", "Mi plato favorito es el gazpacho.", "Trabajo en una biblioteca."],
        [("¿Dónde vive mi hermana?", 0), ("¿A qué soy alergico?", 1), ("¿Cómo se llama nuestro perro?", 2),
         ("¿Cuál es mi plato favorito?", 4)],
    ),
    "Russian": (
        ["Моя сестра живёт в Казани.", "У меня аллергия на орехи.", "Нашу собаку зовут Шарик.",
         "В марте я сдал экзамен по вождению.", "Моё любимое блюдо — борщ.", "Я работаю в больнице."],
        [("Где живёт моя сестра?", 0), ("На что у меня аллергия?", 1), ("Как зовут нашу собаку?", 2),
         ("Какое моё любимое блюдо?", 4)],
    ),
    "Chinese": (
        ["我妹妹住在杭州。", "我对花生过敏。", "我们的狗叫豆豆。", "三月我通过了驾照考试。", "我最喜欢的菜是麻婆豆腐。", "我在医院工作。"],
        [("我妹妹住在哪里？", 0), ("我对什么过敏？", 1), ("我们的狗叫什么？", 2), ("我最喜欢的菜是什么？", 4)],
    ),
    "Japanese": (
        ["妹は京都に住んでいます。", "私はピーナッツアレルギーです。", "うちの犬の名前はハチです。", "三月に運転免許を取りました。",
         "好きな料理は肉じゃがです。", "病院で働いています。"],
        [("妹はどこに住んでいますか？", 0), ("何のアレルギーがありますか？", 1), ("うちの犬の名前は何ですか？", 2), ("運転免許はいつ取りましたか？", 3)],
    ),
    "Korean": (
        ["제 여동생은 부산에 살아요.", "저는 땅콩 알레르기가 있어요.", "우리 강아지 이름은 콩이예요.", "삼월에 운전면허를 땄어요.",
         "제가 좋아하는 음식은 비빔밥이에요.", "저는 병원에서 일해요."],
        [("제 여동생은 어디에 살아요?", 0), ("저는 무슨 알레르기가 있어요?", 1), ("우리 강아지 이름은 뭐예요?", 2),
         ("운전면허를 언제 땄어요?", 3)],
    ),
    "Thai": (
        ["น้องสาวของฉันอยู่ที่เชียงใหม่", "ฉันแพ้ถั่วลิสง", "หมาของเราชื่อถั่วดำ", "เดือนมีนาคมฉันสอบใบขับขี่ผ่าน",
         "อาหารที่ฉันชอบคือข้าวซอย", "ฉันทำงานที่โรงพยาบาล"],
        [("น้องสาวของฉันอยู่ที่ไหน", 0), ("ฉันแพ้อะไร", 1), ("หมาของเราชื่ออะไร", 2), ("อาหารที่ฉันชอบคืออะไร", 4)],
    ),
}  # fmt: skip
